"""What is wanted: requests for films and series and what becomes of them."""
