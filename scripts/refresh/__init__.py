"""What refreshes the tables of dlcheck/judge/knowledge from their sources; started by scripts/tables.py."""
