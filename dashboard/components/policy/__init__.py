"""The parts of the policy page."""
