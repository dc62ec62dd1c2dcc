"""`tablekit backup`, `backups` and `restore`: a table as it was, beside the live one, and its items brought back."""
