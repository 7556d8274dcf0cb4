"""What a sampler has counted so far, shared with who shows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from data.sampling.checks import Violation
from data.sampling.contracts import Flaw


@dataclass(slots=True)
class Findings:
    """What was counted; whoever uses it holds `lock`. flaws: None until every registered version has been judged."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    sampled: dict[str, int] = field(default_factory=dict)
    invalid: dict[tuple[str, Violation], int] = field(default_factory=dict)
    judged: int = 0
    flaws: dict[tuple[str, Flaw], int] | None = None
