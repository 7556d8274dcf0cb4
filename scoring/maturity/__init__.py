"""The maturity of a streaming platform: the rubric, what follows from answers, and how far people agree."""
