"""Pictures of teams and others: written anew, with rights and words, kept as files."""
