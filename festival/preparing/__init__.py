"""Preparing next year's festival from this one: composed of what all parts below know."""
