"""The requests of teach as files in OpenAI's batch format, for whoever can answer them, and their results taken in."""
