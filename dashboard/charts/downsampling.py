"""Fewer points on the wire, the same line on the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxLTTBDownsampler

MOST_POINTS = 1_000
"""More than a chart's pixels can show; 131 kB for six charts instead of 5 MB."""


def chosen_points(values: NDArray[np.float64], most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Indices of the points to draw, ascending, at most `most` of them; first, last and the extremes stay.

    MinMaxLTTB (Van Der Donckt et al. 2023). `values` must hold no NaN.
    """
    if len(values) <= most:
        return np.arange(len(values))
    drawn = MinMaxLTTBDownsampler().downsample(np.ascontiguousarray(values), n_out=most)  # type: ignore[no-untyped-call]
    return np.union1d(drawn.astype(np.intp)[: most - 1], [len(values) - 1])
