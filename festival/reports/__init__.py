"""The day's numbers, lists and exports."""
