"""How to use it: guide pages and quick links."""
