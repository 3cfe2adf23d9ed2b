"""Pages of requests, a module for each."""
