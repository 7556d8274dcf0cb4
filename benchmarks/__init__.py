"""Is it fast enough? Answers as ratios against a peer; see README.md in this folder."""
