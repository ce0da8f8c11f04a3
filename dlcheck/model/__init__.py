"""The nouns: facts and gaps, Snapshot, Finding, Report, Profile. Nothing here acts."""
