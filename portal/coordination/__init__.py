"""Coordination: the day of the Unterstützungsteam; workbench, cases, contact log, requests."""
