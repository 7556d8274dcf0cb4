"""The parts of the roadmap page."""
