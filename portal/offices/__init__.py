"""Offices: who in the administration answers for what, and the pairs people mix up."""
