"""A teacher that is none: an OpenAI-compatible server with scripted answers, delays, limits and faults.

Everything it sends says so: its models' names start with `fake-teacher`, and each reply has the header `x-orca2-fake`.
"""
