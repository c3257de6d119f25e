"""Telling: what teams and meetings wrote becomes news, feeds, the newsletter and press kits."""
