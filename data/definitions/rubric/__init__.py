"""The maturity rubric as files: read, checked, changed by a company's own folder, translated.

rubric = load_rubric()
for indicator in rubric.indicators:
    ...
"""

from data.definitions.rubric.loading import SHIPPED, ReadRubric, load_rubric, read_rubric

__all__ = ["SHIPPED", "ReadRubric", "load_rubric", "read_rubric"]
