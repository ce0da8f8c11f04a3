"""What developers run by hand; see CONTRIBUTING.md."""
