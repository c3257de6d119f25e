"""Fördertöpfe: who gives how much for what until when, what fits an idea, reminders."""
