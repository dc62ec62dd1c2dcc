"""A family's environment variables: collected from a contract, written in the format of who reads them."""
