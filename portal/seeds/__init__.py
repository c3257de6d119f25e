"""What a portal starts with: a town's places and offices, and the demo's invented East."""
