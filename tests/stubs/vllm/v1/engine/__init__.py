"""What can happen to it."""
