"""The parts of the SLO review: the table, one SLO filling the screen, decisions, actions, closing and past reviews."""
