"""Purposes, the versions of their texts, and the ledger of what was given and withdrawn."""
