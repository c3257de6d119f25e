"""Pages: the start page and what the law wants to be found."""
