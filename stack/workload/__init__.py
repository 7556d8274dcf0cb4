"""The workload of the local platform: an invented company whose applications really write and read."""
