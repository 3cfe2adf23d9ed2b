"""Links sent by mail: to set a new password, and to prove that an address is one's own."""
