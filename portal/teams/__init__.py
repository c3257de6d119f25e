"""Solution teams: states, dated log, members and openings."""
