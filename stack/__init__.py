"""A real local Kafka platform for development, demonstration and tests."""
