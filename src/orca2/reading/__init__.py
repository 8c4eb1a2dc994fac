"""What a text states: thoughts left out, JSON looked into, numbers and options found; pure, without models."""
