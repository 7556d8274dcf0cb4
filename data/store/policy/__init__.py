"""What people say about budgets, written and read: exemptions, overrides, acknowledgements, annotations."""
