"""Pictures, films and tables, written to files."""
