"""What a person meets: the report and the chat."""
