"""Measurements of this project beside peers that do the same job. They are no tests: nothing fails by being slow."""
