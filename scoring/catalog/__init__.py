"""What the platform consists of, and what may be said about it."""
