"""What probes are given, the round that runs them, and what they add up to."""
