"""Helpers: links with which a volunteer registers people who have no phone, one residential group at a time."""
