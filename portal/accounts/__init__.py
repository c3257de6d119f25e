"""Accounts: sign-up, sign-in, roles and consent."""
