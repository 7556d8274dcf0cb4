"""The parts of the assessment: opening one, its lobby, a question before the room, deciding, closing and past ones."""
