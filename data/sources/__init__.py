"""One client per outside system. Each answers with the estate's types, or raises SourceFailure."""
