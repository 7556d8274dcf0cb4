"""What follows an assessment: the roadmap, figures entered by hand, peers, and the register of what streams."""
