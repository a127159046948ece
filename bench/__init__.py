"""Benches: `make bench`, or `make bench ONLY=checkin`. One JSON object a line on standard output."""
