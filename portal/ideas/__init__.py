"""Ideas: problem, wish, own contribution and how they move on."""
