"""Matches: the one room that talks to matching/; index, suggestions, review, introductions."""
