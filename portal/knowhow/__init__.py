"""Know-how: check-lists for each type of project, lessons of teams, the offices they dealt with."""
