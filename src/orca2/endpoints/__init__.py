"""Talking HTTP to a model: what is sent, what servers reply, their limits, batches and prices."""
