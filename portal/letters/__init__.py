"""Letters: what coordinators write to offices for an idea, and what comes back."""
