"""The pieces that displays are made of. Whatever comes from a file is text here: every piece escapes what it is given."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bolus.drawing.charts import curve_chart
from bolus.drawing.colours import LABEL_COLOURS, SCREEN_COLOURS, probability_colour
from bolus.drawing.planes import PLANES, Slice, slice_of
from bolus.drawing.slices import slice_svg

__all__ = [
    "RESEARCH",
    "Html",
    "bar",
    "chart",
    "figures",
    "label_key",
    "lights",
    "number",
    "page",
    "planes",
    "scale_of",
    "state_bar",
    "table",
    "text",
]

_ROWS = 12  # of a table or a list
_TEXT = 300  # characters of a cell or a message

RESEARCH = '<p class="soft">Research software, not a medical device.</p>'


class Html(str):
    """Text that is HTML already."""


@cache
def _style() -> str:
    return (Path(__file__).parent / "_page.css").read_text(encoding="utf-8").strip()


def text(value: Any) -> str:
    """Escaped, and shortened where it is long."""
    if isinstance(value, Html):
        return value
    plain = number(value) if isinstance(value, float | np.floating) else "" if value is None else str(value)
    plain = "".join(sign if sign.isprintable() or sign in "\n\t" else "�" for sign in plain)
    return html.escape(plain if len(plain) <= _TEXT else plain[: _TEXT - 1] + "…")


def number(value: Any, digits: int = 3) -> str:
    value = float(value)
    return f"{value:.{digits}g}" if abs(value) < 999.5 or not math.isfinite(value) else f"{value:,.0f}"


def page(title: str, facts: Any, *parts: str, simulated: bool = False) -> str:
    """The whole display: a line of what it is, and its parts."""
    pill = '<span class="pill">simulated</span>' if simulated else ""
    head = f'<div class="head"><b>{text(title)}</b>{text(facts)}{pill}</div>' if title or facts or simulated else ""
    return f'<style>{_style()}</style><div class="bolus">{head}{"".join(parts)}</div>'


def _is_number(cell: Any) -> bool:
    if isinstance(cell, Html):
        return cell.replace(".", "", 1).isdigit()
    return cell is None or (isinstance(cell, int | float | np.number) and not isinstance(cell, bool))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], count: int | None = None) -> str:
    """A table of at most twelve rows, and how many more there are (of `count`)."""
    shown = rows[:_ROWS]
    numeric = (
        [all(_is_number(row[k]) for row in shown) for k in range(len(columns))] if shown else [False] * len(columns)
    )

    def line(cells: Sequence[Any], tag: str) -> str:
        inner = "".join(
            f"<{tag}{' class=n' if right else ''}>{text(cell)}</{tag}>"
            for cell, right in zip(cells, numeric, strict=True)
        )
        return f"<tr>{inner}</tr>"

    rest = (len(rows) if count is None else count) - len(shown)
    more = f'<p class="soft">… and {rest} more</p>' if rest > 0 else ""
    body = "".join(line(row, "td") for row in shown)
    return f"<table><thead>{line(columns, 'th')}</thead><tbody>{body}</tbody></table>{more}"


def lights(flags: Iterable[Any]) -> str:
    """A light for each flag; a green one where there is none."""
    found = list(flags)
    if not found:
        return '<ul class="lights"><li><span class="dot good" role="img" aria-label="good">✓</span>no flags</li></ul>'
    items = [
        f'<li><span class="dot doubtful" role="img" aria-label="doubtful">!</span><span>{text(flag.message)} '
        f"<code>{text(flag.code)}</code></span></li>"
        for flag in found[:_ROWS]
    ]
    if len(found) > _ROWS:
        items.append(f'<li class="soft">… and {len(found) - _ROWS} more</li>')
    return f'<ul class="lights">{"".join(items)}</ul>'


def bar(probability: float, interval: tuple[float, float] | None = None) -> Html:
    """A probability on a small scale, in its colour, with what it may as well be."""
    if not math.isfinite(probability):
        return Html("")
    at = 2 + 96 * min(max(probability, 0.0), 1.0)
    spread = ""
    if interval is not None and all(math.isfinite(edge) for edge in interval):
        low, high = (2 + 96 * min(max(edge, 0.0), 1.0) for edge in interval)
        spread = f'<path class="interval" d="M{low:.1f} 4H{high:.1f}" stroke-width="1.5"/>'
    return Html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        f'aria-label="{probability:.2f} on a scale from 0 to 1">'
        f'<rect x="2" y="1.5" width="96" height="5" rx="2" fill="#7f7f7f" fill-opacity=".28"/>'
        f'<rect x="2" y="1.5" width="{at - 2:.1f}" height="5" rx="2" fill="{probability_colour(probability)}"/>{spread}'
        f'<rect class="pointer" x="{at - 0.7:.1f}" y="0" width="1.4" height="8"/></svg>'
    )


def chart(times: Any, curves: Mapping[str, Any], units: str, key: Sequence[str] | None = None, **options: Any) -> str:
    """Curves with a key of their names, or of the names in `key`."""
    times = np.asarray(times, float)
    if not len(times) or not curves:
        return '<p class="soft">no curve</p>'
    names = list(curves)[:_ROWS]
    options.setdefault("colours", SCREEN_COLOURS)
    options.setdefault("size", (720, 260))
    drawn = curve_chart(times, {name: curves[name] for name in names}, units=units, **options)
    items = []
    for name in names if key is None else key:
        colour = (options["colours"] if key is None else SCREEN_COLOURS).get(name, "#888")
        missing = name in curves and not np.isfinite(np.asarray(curves[name], float)).any()
        items.append(
            f'<span><i style="background:{html.escape(colour)}"></i>{text(name)}{" (missing)" if missing else ""}</span>'
        )
    if options.get("attention") is not None:
        items.append('<span><i style="background:rgb(244,146,62)"></i>three times the average attention</span>')
    if len(curves) > len(names):
        items.append(f'<span class="soft">… and {len(curves) - len(names)} more</span>')
    return f'{drawn}<div class="key">{"".join(items)}</div>'


Cut = tuple[str, Slice, str]  # caption, slice, svg


def _size(cut: Slice) -> tuple[float, float]:
    return cut.values.shape[1] * cut.mm[0], cut.values.shape[0] * cut.mm[1]


def scale_of(cuts: Sequence[Cut], height: int, width: int) -> float:
    """Pixels of the page for a millimetre, so that the largest slice has at most this height and width."""
    sizes = [_size(cut) for _, cut, _ in cuts]
    return min(height / max(size[1] for size in sizes), width / max(size[0] for size in sizes))


def figures(cuts: Sequence[Cut], height: int = 230, width: int = 320, scale: float | None = None) -> str:
    """Slices side by side, millimetres to one scale."""
    scale = scale_of(cuts, height, width) if scale is None else scale
    parts = [
        f'<figure style="width:{max(_size(cut)[0] * scale, 12):.0f}px">{svg}<figcaption>{text(caption)}</figcaption></figure>'
        for caption, cut, svg in cuts
    ]
    return f'<div class="slices">{"".join(parts)}</div>'


def planes(
    array: Any,
    affine: Any,
    voxel: tuple[int, ...],
    draw: Callable[[Slice], np.ndarray],
    **layers: Callable[[Slice], Any],
) -> str:
    """Axial, coronal and sagittal slice through a voxel.

    Parameters
    ----------
    draw : callable
        From a slice to its picture.
    **layers : callable
        From a slice to an option of ``slice_svg``.
    """
    cuts = []
    for name, *_ in PLANES:
        cut = slice_of(array, affine, name, voxel)
        svg = slice_svg(cut, draw(cut), **{layer: make(cut) for layer, make in layers.items()})
        cuts.append((name, cut, svg))
    return figures(cuts)


def label_key(values: Iterable[int] = LABEL_COLOURS) -> str:
    names = {"ET": "enhancing tumour", "NET": "non-enhancing tumour", "ED": "oedema"}
    present = set(values)
    return (
        '<div class="key">'
        + "".join(
            f'<span><i style="background:{colour}"></i>{names[name]} ({name})</span>'
            for value, (name, colour) in reversed(LABEL_COLOURS.items())
            if value in present
        )
        + "</div>"
    )


def state_bar(counts: Mapping[str, int]) -> str:
    """Patients by state, as a bar and in words."""
    colours = {"done": "#2a7d4f", "failed": "#b3261e", "excluded": "#7d8794", "missing": "#b26a00"}
    colours |= {"IDH-mutant": "#c8553d", "IDH-wildtype": "#3b6fb5"}
    counts = {name: count for name, count in counts.items() if count}
    total = sum(counts.values()) or 1
    parts = "".join(
        f'<span style="width:{100 * count / total:.2f}%;background:{colours.get(name, "#888")}"></span>'
        for name, count in counts.items()
    )
    key = "".join(
        f'<span><i style="background:{colours.get(name, "#888")}"></i>{count} {text(name)}</span>'
        for name, count in counts.items()
    )
    return f'<div class="states">{parts}</div><div class="key">{key}</div>'
