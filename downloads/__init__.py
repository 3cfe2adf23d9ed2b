"""What is fetched: playlists, their entries and the stored videos."""
