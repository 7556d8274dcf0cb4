"""The canary: a synthetic user of a Kafka cluster, and what it lived to see as Prometheus metrics.

Brokers know nothing of end-to-end latency or durability, and a dead broker reports nothing. The canary writes numbered,
checksummed records to a partition led by each broker, reads them back and keeps books: what was promised, and what
became of it.
"""
