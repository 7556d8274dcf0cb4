"""The phones of an assessment: joining, the page that votes, and what is pushed to it and to whoever presents."""
