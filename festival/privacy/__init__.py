"""What residents were promised: their data are erased after the festival, and that this was done is on record."""
