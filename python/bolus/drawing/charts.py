"""Charts as SVG: curves over attention, and the scale of a probability. The page gives text and lines their style."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from bolus.drawing.colours import REGION_COLOURS, probability_colour

__all__ = ["attention_colour", "curve_chart", "probability_scale"]

_ATTENTION = np.array([244, 146, 62])
_MOST_POINTS = 400  # of a curve: more cannot be told apart


def attention_colour(share: float) -> str:
    """From white to a warm orange."""
    share = float(np.clip(share, 0, 1))
    red, green, blue = (255 + (_ATTENTION - 255) * share).round().astype(int)
    return f"rgb({red},{green},{blue})"


def _ticks(low: float, high: float, most: int) -> np.ndarray:
    """Round numbers between two values."""
    step = 10.0 ** np.floor(np.log10(max(high - low, 1e-300) / most))
    step *= next(factor for factor in (1, 2, 5, 10, 20) if (high - low) / (factor * step) <= most)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 0.5) * step


def _runs(known: np.ndarray) -> list[slice]:
    """Where values follow each other without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def curve_chart(
    times: Any,
    curves: Mapping[str, Any],
    attention: tuple[Any, Any] | None = None,
    segments: Mapping[str, Any] | None = None,
    *,
    units: str = "signal (z-score)",
    axis: str = "time (s)",
    colours: Mapping[str, str] = REGION_COLOURS,
    dashed: Sequence[str] = (),
    size: tuple[int, int] = (860, 360),
    marker: float | None = None,
) -> str:
    """Curves over the attention of each second, with the parts of the bolus passage marked.

    Parameters
    ----------
    times : array (t,)
        Seconds.
    curves : dict of name to array (t,)
        Values that are not finite are left out.
    attention : (seconds, weights), optional
        Drawn behind the curves.
    segments : dict, optional
        Name of a part of the passage to ``first_s``, ``last_s`` and ``attention_share``.
    units, axis : str
        What the curves are, and over what.
    colours : dict of name to colour
        Others are grey.
    dashed : sequence of str
        Curves with broken lines.
    size : (int, int)
        Width and height.
    marker : float, optional
        Second to mark.
    """
    width, height = size
    segments = segments or {}
    left, right, top, bottom = 58 if units else 46, 16, 46 if segments else 14, 40
    times = np.asarray(times, float)
    known = {name: np.asarray(values, float) for name, values in curves.items()}
    finite = [values[np.isfinite(values)] for values in known.values()]
    together = np.concatenate(finite) if finite else np.empty(0)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    first, last = (float(times[0]) - step / 2, float(times[-1]) + step / 2) if len(times) else (0.0, 1.0)
    low, high = (float(together.min()), float(together.max())) if together.size else (0.0, 1.0)
    margin = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
    low, high = low - margin, high + margin

    def x(second: float) -> float:
        return left + (second - first) / (last - first) * (width - left - right)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * (height - top - bottom)

    words = "Signal curves over time" + ("; the background shows the attention of the network" if attention else "")
    parts = [f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{words}">']
    if attention is not None:
        seconds, weights = (np.asarray(values, float) for values in attention)
        even = max(float(weights.mean()), 1e-12)  # attention that prefers nothing stays pale
        strong = ",".join(str(part) for part in _ATTENTION)
        for second, weight in zip(seconds, weights, strict=True):
            # Rounded alike, so that neighbours neither overlap nor leave a gap.
            x0, x1 = (round(x(edge), 1) for edge in (max(second - step / 2, first), min(second + step / 2, last)))
            share = float(np.clip(weight / even / 3, 0, 1))
            parts.append(
                f'<rect x="{x0:.1f}" y="{top}" width="{x1 - x0:.1f}" height="{height - top - bottom}" '
                f'fill="rgb({strong})" fill-opacity="{share:.3f}" shape-rendering="crispEdges">'
                f"<title>{second:.1f} s: {weight / even:.1f} times the average attention</title></rect>"
            )
    for value in _ticks(low, high, max(3, round((height - top - bottom) / 28))):
        parts.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        parts.append(f'<text class="tick" x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.4g}</text>')
    for second in _ticks(max(first, float(times[0])) if len(times) else first, last, 12 * width // 860 or 1):
        parts.append(
            f'<text class="tick" x="{x(second):.1f}" y="{height - bottom + 18}" text-anchor="middle">{second:g}</text>'
        )
    parts.append(
        f'<text class="label" x="{(left + width - right) / 2}" y="{height - 6}" text-anchor="middle">{html.escape(axis)}</text>'
    )
    if units:
        parts.append(
            f'<text class="label" transform="translate(13 {(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">'
            f"{html.escape(units)}</text>"
        )
    for number, (name, segment) in enumerate(segments.items()):
        x0, x1 = x(segment["first_s"] - step / 2), x(segment["last_s"] + step / 2)
        if number:
            parts.append(f'<line class="border" x1="{x0:.1f}" x2="{x0:.1f}" y1="{top}" y2="{height - bottom}"/>')
        raised = 16 if x1 - x0 < 120 and number % 2 else 0
        share_text = f" {100 * segment['attention_share']:.0f} %" if attention is not None else ""
        parts.append(
            f'<text class="segment" x="{(x0 + x1) / 2:.1f}" y="{top - 8 - raised}" '
            f'text-anchor="middle">{html.escape(name)}{share_text}</text>'
        )
    if marker is not None:
        parts.append(
            f'<line class="half" x1="{x(marker):.1f}" x2="{x(marker):.1f}" y1="{top}" y2="{height - bottom}"/>'
        )
    sparse = slice(None, None, max(1, -(-len(times) // _MOST_POINTS)))
    for name, values in known.items():
        line = 2.6 if name == "WT" else 1.8
        colour, broken = colours.get(name, "#888"), ' stroke-dasharray="7 4"' if name in dashed else ""
        style = (
            f'fill="none" stroke="{html.escape(colour)}" stroke-width="{line}" stroke-linejoin="round"{broken}>'
            f"<title>{html.escape(name)}</title>"
        )
        shown, at = values[sparse], times[sparse]
        for run in _runs(np.isfinite(shown)):
            points = " ".join(f"{x(t):.1f},{y(v):.1f}" for t, v in zip(at[run], shown[run], strict=True))
            parts.append(f'<polyline points="{points}" {style}</polyline>')
    return "".join(parts) + "</svg>"


def probability_scale(
    probability: float,
    windows: Sequence[float] = (),
    members: Sequence[float] = (),
    interval: tuple[float, float] | None = None,
) -> str:
    """A scale from 0 to 1: the probability, each window, each network, and where given an interval around it."""
    width, height, left, right = 520, 92, 14, 14

    def x(value: float) -> float:
        return left + float(np.clip(value, 0, 1)) * (width - left - right)

    # Pieces of one colour each: a gradient needs a name, and in a notebook many scales share one page.
    count = 64
    edges = np.linspace(left + 8, width - right - 8, count + 1)
    pieces = "".join(
        f'<rect x="{a:.2f}" y="36" width="{b - a:.2f}" height="16" shape-rendering="crispEdges" '
        f'fill="{probability_colour((k + 0.5) / count)}"/>'
        for k, (a, b) in enumerate(pairwise(edges))
    )
    parts = [
        f'<svg class="scale" viewBox="0 0 {width} {height}" role="img" aria-label="Probability '
        f'{probability:.2f} on a scale from 0 to 1">'
        f'<circle cx="{left + 8}" cy="44" r="8" fill="{probability_colour(0)}"/>'
        f'<circle cx="{width - right - 8}" cy="44" r="8" fill="{probability_colour(1)}"/>{pieces}'
        f'<line class="half" x1="{x(0.5)}" x2="{x(0.5)}" y1="31" y2="57"/>'
    ]
    if interval is not None:
        low, high = x(interval[0]), x(interval[1])
        parts.append(
            f'<path class="interval" d="M{low:.1f} 40v8M{low:.1f} 44H{high:.1f}M{high:.1f} 40v8">'
            f"<title>{interval[0]:.3f} to {interval[1]:.3f}</title></path>"
        )
    for value in windows:
        parts.append(
            f'<circle class="window" cx="{x(value):.1f}" cy="44" r="3.4"><title>a window: {value:.3f}</title></circle>'
        )
    for value in members if len(members) > 1 else []:
        parts.append(
            f'<path class="member" d="M{x(value):.1f} 54l4 7h-8z"><title>a network of the ensemble: {value:.3f}</title></path>'
        )
    parts.append(
        f'<path class="pointer" d="M{x(probability):.1f} 34l-7 -12h14z"><title>mean: {probability:.3f}</title></path>'
        f'<text class="tick" x="{left}" y="78">0 wildtype</text><text class="tick" x="{x(0.5)}" y="78" '
        'text-anchor="middle">0.5</text>'
        f'<text class="tick" x="{width - right}" y="78" text-anchor="end">mutant 1</text></svg>'
    )
    return "".join(parts)
