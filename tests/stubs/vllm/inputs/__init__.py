"""Forms of prompts."""
