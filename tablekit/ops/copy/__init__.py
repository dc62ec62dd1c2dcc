"""`tablekit copy`: a table's items into another one, transformed on the way, followed while both are in use."""
