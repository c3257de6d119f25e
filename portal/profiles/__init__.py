"""Profiles: what a resident can, wants to learn, cares about and rules out."""
