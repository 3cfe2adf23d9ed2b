"""Small named modules without models, usable from every app."""
