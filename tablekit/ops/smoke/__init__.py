"""The smoke test: a deployed stage against its declaration, and every access pattern run for real."""
