"""MediaNest: a portal for the friends and family of a Plex server.

Kept free of imports: `medianest.launch` runs on the system's Python before anything is installed.
"""
