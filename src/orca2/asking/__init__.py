"""Requests in, completions out: durable answers, resumed by content."""
