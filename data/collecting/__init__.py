"""How a cluster is collected: what is read, how often, under whose lease."""
