"""Gatherings: meetings, stops and walks, with sign-up, waiting list, calendar files and minutes."""
