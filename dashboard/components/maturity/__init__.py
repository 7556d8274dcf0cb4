"""The parts of the maturity page."""
