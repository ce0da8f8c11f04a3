"""Fix steps for the snapshot's platform, installer, shell and interpreter."""
