"""What to try a run against before it costs anything."""
