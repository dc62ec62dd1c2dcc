"""`tablekit seed`: a family's own items into its tables, or a file into one of them, checked before the first write."""
