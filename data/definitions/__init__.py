"""Definitions that people edit, and the readers that make types of them or name what is wrong: file, line, field."""
