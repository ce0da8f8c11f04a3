"""Pages for a person, fitted to a Snapshot: a document comes out, `tell` makes it a text."""
