"""What can be watched: titles, streaming services and the library."""
