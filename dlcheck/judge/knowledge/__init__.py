"""Dated tables with their sources (TOML), and the small functions that look things up."""
