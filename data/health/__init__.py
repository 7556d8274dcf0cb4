"""How the brokers themselves do, as far as their exporters tell."""
