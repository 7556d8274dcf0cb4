"""Slices, error budgets and burn rates: pure judgement over what was counted minute by minute."""
