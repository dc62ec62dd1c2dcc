"""`tablekit adopt`: live tables, and what else exists of a family, come into its stack as they are."""
