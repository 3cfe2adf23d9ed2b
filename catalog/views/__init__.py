"""Pages of the catalogue, a module for each."""
