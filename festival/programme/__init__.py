"""Festivals, zones, booths, workshops, sessions, the timetable, and the workbook they come from."""
