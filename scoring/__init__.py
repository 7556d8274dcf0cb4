"""Pure judgement and the types it speaks: no I/O, no clock, no pages."""
