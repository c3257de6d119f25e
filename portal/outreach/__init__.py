"""Ideenmobil: ideas of people who talk about them, written down by somebody else, with a slip."""
