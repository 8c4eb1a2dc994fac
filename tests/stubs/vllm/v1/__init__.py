"""The engine of vLLM 1."""
