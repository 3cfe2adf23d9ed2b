"""Whole journeys through a house started as a person starts it."""
