"""How facts become findings: a pure function of a Snapshot and a Profile."""
