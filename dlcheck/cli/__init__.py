"""What a person types: one file a command. Parse, call, print, exit; no logic."""
