"""Households, attendees, tickets and bookings."""
