"""With whom: households, invitations and recommendations."""
