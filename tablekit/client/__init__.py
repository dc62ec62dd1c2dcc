"""Reaches a stage's tables: AWS clients, and declared access patterns run by name."""
