"""Laying a path, riding it, and seeing what it costs."""
