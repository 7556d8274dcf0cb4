"""Evidence: what machines can see of an indicator, and what that says about it."""
