"""The parts of the cluster health page."""
