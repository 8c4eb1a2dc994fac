"""The evidence for the method: its arms side by side on anyone's tasks, and the loop that improves a student."""
