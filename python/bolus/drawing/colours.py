"""Colours that all figures share."""

from __future__ import annotations

import numpy as np

__all__ = ["LABEL_COLOURS", "REGION_COLOURS", "SCREEN_COLOURS", "overlay_ramp", "probability_colour"]

#: Curves on white paper.
REGION_COLOURS = {"ET": "#b2182b", "NET": "#ef8a62", "ED": "#4393c3", "WT": "#111111", "AIF": "#7b3294"}

#: Curves on a background that may be light or dark.
SCREEN_COLOURS = {"ET": "#e83946", "NET": "#ef8a62", "ED": "#58acdc", "WT": "currentColor", "AIF": "#a96bd0"}

#: Parts of the tumour on images, by their value in a label map: name and colour. Drawn in this order.
LABEL_COLOURS = {2: ("ED", "#58acdc"), 1: ("NET", "#ef8a62"), 4: ("ET", "#e83946")}


def overlay_ramp() -> np.ndarray:
    """256 colours from dark violet to yellow, (256, 3) uint8: a course of lightness that works without colour vision."""
    stops = np.array(
        [[0, 13, 8, 135], [64, 126, 3, 168], [128, 204, 71, 120], [192, 248, 149, 64], [255, 240, 249, 33]], float
    )
    return (
        np.stack([np.interp(np.arange(256), stops[:, 0], stops[:, c]) for c in (1, 2, 3)], 1).round().astype(np.uint8)
    )


def probability_colour(probability: float) -> str:
    """From blue at 0 over grey to red at 1."""
    stops = np.array([(0x3B, 0x6F, 0xB5), (0xD9, 0xDD, 0xE3), (0xC8, 0x55, 0x3D)], float)
    red, green, blue = (round(float(np.interp(probability, (0, 0.5, 1), stops[:, c]))) for c in range(3))
    return f"#{red:02x}{green:02x}{blue:02x}"
