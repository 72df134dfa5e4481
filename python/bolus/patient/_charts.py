"""Charts of the report as SVG: curves over attention, and the scale of the probability."""

from __future__ import annotations

import html
from typing import Any

import numpy as np

from bolus.plot._axes import REGION_COLOURS

__all__ = ["attention_colour", "curve_chart", "probability_scale"]

_NAMES = {"baseline": "baseline", "downslope": "downslope", "upslope": "upslope", "plateau": "plateau"}


def attention_colour(share: float) -> str:
    """From white to a warm orange."""
    share = float(np.clip(share, 0, 1))
    low, high = np.array([255, 255, 255]), np.array([244, 146, 62])
    red, green, blue = (low + (high - low) * share).round().astype(int)
    return f"rgb({red},{green},{blue})"


def curve_chart(times: Any, curves: dict[str, Any], attention: tuple[Any, Any] | None, segments: dict[str, Any]) -> str:
    """Curves (z-scores) over the attention of each second, with the parts of the bolus passage marked."""
    width, height, left, right, top, bottom = 860, 360, 46, 16, 46, 40
    times = np.asarray(times, float)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    first, last = times[0] - step / 2, times[-1] + step / 2
    low = min(float(np.min(values)) for values in curves.values())
    high = max(float(np.max(values)) for values in curves.values())
    margin = 0.06 * (high - low) or 1.0
    low, high = low - margin, high + margin

    def x(second: float) -> float:
        return left + (second - first) / (last - first) * (width - left - right)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * (height - top - bottom)

    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="Signal curves over time; the background shows the attention of the network">'
    ]
    if attention is not None:
        seconds, weights = (np.asarray(values, float) for values in attention)
        even = max(float(weights.mean()), 1e-12)  # attention that prefers nothing stays pale
        for second, weight in zip(seconds, weights, strict=True):
            x0, x1 = x(max(second - step / 2, first)), x(min(second + step / 2, last))
            parts.append(
                f'<rect x="{x0:.1f}" y="{top}" width="{x1 - x0 + 0.4:.1f}" height="{height - top - bottom}" '
                f'fill="{attention_colour(weight / even / 3)}"><title>{second:.1f} s: {weight / even:.1f} times the average '
                "attention</title></rect>"
            )
    for value in np.arange(np.ceil(low), np.floor(high) + 1, max(1, round((high - low) / 6))):
        parts.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        parts.append(f'<text class="tick" x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    every = next(s for s in (5, 10, 20, 30, 60, 120, 600) if (last - first) / s <= 12)
    for second in np.arange(np.ceil(times[0] / every) * every, last, every):
        parts.append(
            f'<text class="tick" x="{x(second):.1f}" y="{height - bottom + 18}" text-anchor="middle">{second:g}</text>'
        )
    parts.append(
        f'<text class="label" x="{(left + width - right) / 2}" y="{height - 6}" text-anchor="middle">time (s)</text>'
    )
    parts.append(
        f'<text class="label" transform="translate(13 {(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">'
        "signal (z-score)</text>"
    )
    for number, (name, segment) in enumerate(segments.items()):
        x0, x1 = x(segment["first_s"] - step / 2), x(segment["last_s"] + step / 2)
        if number:
            parts.append(f'<line class="border" x1="{x0:.1f}" x2="{x0:.1f}" y1="{top}" y2="{height - bottom}"/>')
        raised = 16 if x1 - x0 < 120 and number % 2 else 0
        share = f" {100 * segment['attention_share']:.0f} %" if attention is not None else ""
        parts.append(
            f'<text class="segment" x="{(x0 + x1) / 2:.1f}" y="{top - 8 - raised}" '
            f'text-anchor="middle">{_NAMES[name]}{share}</text>'
        )
    for name, values in curves.items():
        points = " ".join(f"{x(t):.1f},{y(v):.1f}" for t, v in zip(times, np.asarray(values, float), strict=True))
        line = 2.6 if name == "WT" else 1.8
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{REGION_COLOURS.get(name, "#555")}" stroke-width="{line}" '
            f'stroke-linejoin="round"><title>{html.escape(name)}</title></polyline>'
        )
    return "".join(parts) + "</svg>"


def probability_scale(probability: float, windows: list[float], members: list[float]) -> str:
    """A scale from 0 to 1: the probability, each window, each network."""
    width, height, left, right = 520, 92, 14, 14

    def x(value: float) -> float:
        return left + value * (width - left - right)

    parts = [
        f'<svg class="scale" viewBox="0 0 {width} {height}" role="img" aria-label="Probability '
        f'{probability:.2f} on a scale from 0 to 1">'
        '<defs><linearGradient id="scale"><stop offset="0" stop-color="#3b6fb5"/><stop offset=".5" stop-color="#d9dde3"/>'
        '<stop offset="1" stop-color="#c8553d"/></linearGradient></defs>'
        f'<rect x="{left}" y="36" width="{width - left - right}" height="16" rx="8" fill="url(#scale)"/>'
        f'<line class="half" x1="{x(0.5)}" x2="{x(0.5)}" y1="31" y2="57"/>'
    ]
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
