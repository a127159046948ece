"""What organizers write to many households at once, and the list of all messages with what became of each."""
