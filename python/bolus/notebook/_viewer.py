"""The interactive viewer: widgets around the slices that the displays draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets
import numpy as np

from bolus import OptionError
from bolus.drawing.planes import PLANES, Slice, busiest_voxel, lps_axes, slice_of
from bolus.drawing.slices import grey_levels, label_outlines, overlay_picture, slice_svg, window_of
from bolus.notebook._pieces import chart, figures, label_key, page, scale_of

__all__ = ["Viewer"]

_TITLES = {"cet1": "CET1", "flair": "FLAIR", "t2": "T2", "t1": "T1"}


@dataclass(frozen=True)
class _Volume:
    """An array in space: points of the images' space, LPS mm, are taken to its own by `moved`."""

    array: np.ndarray
    affine: np.ndarray
    moved: np.ndarray

    @property
    def from_space(self) -> np.ndarray:
        """From a point of the images' space to a voxel."""
        lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.affine
        return np.linalg.inv(lps) @ self.moved

    def voxel_at(self, point: np.ndarray) -> tuple[int, int, int] | None:
        """The nearest voxel, None outside."""
        at = np.floor((self.from_space @ [*point, 1.0])[:3] + 0.5).astype(int)
        if (at < 0).any() or (at >= self.array.shape[:3]).any():
            return None
        return int(at[0]), int(at[1]), int(at[2])

    def point_of(self, voxel: tuple[int, int, int]) -> np.ndarray:
        return (np.linalg.inv(self.from_space) @ [*voxel, 1.0])[:3]

    def over(self, other: _Volume, plane: str, voxel: tuple[int, int, int], outside: float) -> np.ndarray:
        """This volume at the pixels of another's slice, by the nearest voxel; `outside` where there is none."""
        size = other.array.shape[:3]
        index = [
            slice_of(np.broadcast_to(np.arange(n).reshape([-1 if k == a else 1 for k in range(3)]), size),
                     other.affine, plane, voxel).values
            for a, n in enumerate(size)
        ]  # fmt: skip
        matrix = self.from_space @ np.linalg.inv(other.from_space)
        at = [
            np.floor(matrix[k, 0] * index[0] + matrix[k, 1] * index[1] + matrix[k, 2] * index[2] + matrix[k, 3] + 0.5)
            for k in range(3)
        ]
        inside = np.logical_and.reduce([(at[k] >= 0) & (at[k] < self.array.shape[k]) for k in range(3)])
        found = self.array[tuple(np.where(inside, part, 0).astype(np.intp) for part in at)]
        return np.where(inside, found, outside)


def _volume(image: Any, moved: Any = None) -> _Volume:
    return _Volume(np.asarray(image.array), np.asarray(image.affine, float), np.eye(4) if moved is None else moved)


class Viewer(ipywidgets.VBox):
    """Three linked planes with sliders, and the curve of the voxel where they meet; see ``bolus.notebook.view``.

    Attributes
    ----------
    axial, coronal, sagittal : ipywidgets.IntSlider
        Slices, counted from inferior, anterior and the patient's right.
    picture : ipywidgets.Dropdown
        The image shown.
    window : ipywidgets.FloatRangeSlider
        Values that are black and white.
    outlines : ipywidgets.Checkbox
    overlay : ipywidgets.Checkbox
        Whether the probability is drawn.
    opacity : ipywidgets.FloatSlider
        Of the overlay.
    volume : ipywidgets.IntSlider
        Volume of the series, while the series is shown.
    planes : dict of str to ipywidgets.HTML
        axial, coronal and sagittal.
    caption, curve : ipywidgets.HTML
        Where the planes meet in words, and the curve there.
    """

    def __init__(self, image: Any, labels: Any = None, probability: Any = None, *, opacity: float = 0.5):
        self._volumes: dict[str, _Volume] = {}
        self._labels: _Volume | None = None
        self._probability: _Volume | None = None
        self._series: tuple[_Volume, np.ndarray] | None = None
        self._simulated = False
        self._take(image)
        if labels is not None:
            self._labels = _volume(labels)
        if probability is not None:
            self._probability = _volume(getattr(probability, "probability", probability))
        if not self._volumes:
            raise OptionError(
                f"there is no image to look at in {type(image).__name__}; give an image, a series or a study"
            )
        if not 0 <= opacity <= 1:
            raise OptionError(f"opacity is {opacity}; expected 0 to 1")
        self._quiet = False
        slider = {"continuous_update": True, "layout": ipywidgets.Layout(width="250px")}
        self.axial, self.coronal, self.sagittal = (
            ipywidgets.IntSlider(0, 0, 0, description=name, **slider) for name, *_ in PLANES
        )
        names = list(self._volumes)
        self.picture = ipywidgets.Dropdown(options=names, value=names[0], description="image")
        wide = ipywidgets.Layout(width="360px")
        self.window = ipywidgets.FloatRangeSlider(
            value=(0, 1), min=0, max=1, description="window", layout=wide, readout_format=".4g"
        )
        tick = {"value": True, "indent": False, "layout": ipywidgets.Layout(width="120px")}
        self.outlines = ipywidgets.Checkbox(description="outlines", disabled=self._labels is None, **tick)
        self.overlay = ipywidgets.Checkbox(description="probability", disabled=self._probability is None, **tick)
        self.opacity = ipywidgets.FloatSlider(
            opacity, min=0, max=1, step=0.05, description="opacity", disabled=self._probability is None
        )
        frames = 1 if self._series is None else len(self._series[1])
        self.volume = ipywidgets.IntSlider(0, 0, frames - 1, description="volume", disabled=frames == 1)
        self.planes = {name: ipywidgets.HTML() for name, *_ in PLANES}
        self.caption, self.curve = ipywidgets.HTML(), ipywidgets.HTML(layout=ipywidgets.Layout(width="440px"))
        sliders = (self.axial, self.coronal, self.sagittal)
        panes = [
            ipywidgets.VBox([picture, control], layout=ipywidgets.Layout(justify_content="space-between"))
            for picture, control in zip(self.planes.values(), sliders, strict=True)
        ]
        if self._series is not None:
            panes.append(ipywidgets.VBox([self.curve, self.volume]))
        over = [control for control in (self.outlines, self.overlay, self.opacity) if not control.disabled]
        controls = [*([self.picture] if len(names) > 1 else []), self.window, *over]
        wrapped = ipywidgets.Layout(flex_flow="row wrap")
        super().__init__(
            [self.caption, ipywidgets.HBox(panes, layout=wrapped), ipywidgets.HBox(controls, layout=wrapped)]
        )
        self._choose(self._start())
        for control in (self.axial, self.coronal, self.sagittal, self.window, self.outlines, self.overlay, self.opacity,
                        self.volume):  # fmt: skip
            control.observe(self._draw, "value")
        self.picture.observe(self._changed, "value")
        self._draw()

    # What there is

    def _take(self, value: Any) -> None:
        """Sorts what was given into images, a series and labels."""
        kind = type(value).__name__
        if isinstance(value, Mapping):
            for name, one in value.items():
                self._add(str(name), one)
        elif kind == "Study":
            from bolus import io

            self._take(io.read_study(value))
        elif kind == "PatientResult":
            self._take_result(value)
        elif hasattr(value, "structural"):
            for name in sorted(value.structural, key=list(_TITLES).index):
                self._add(_TITLES[name], value.structural[name])
            if value.perfusion is not None:
                to_structural = getattr(value, "perfusion_to_structural", None)
                moved = None if to_structural is None else np.linalg.inv(np.asarray(to_structural, float))
                self._add("DSC", value.perfusion, moved)
            if value.labels is not None:
                # Labels on the grid of the series alone move with it.
                own = value.perfusion is not None and value.labels.geometry.difference(value.perfusion.geometry) == ""
                shared = any(value.labels.geometry.difference(one.geometry) == "" for one in value.structural.values())
                moved = self._series[0].moved if own and not shared and self._series is not None else None
                self._labels = _volume(value.labels, moved)
        elif hasattr(value, "array") and hasattr(value, "affine"):
            self._add("DSC" if np.asarray(value.array).ndim == 4 else "image", value)

    def _take_result(self, value: Any) -> None:
        names = value.names()
        for name, title in _TITLES.items():
            if name in names:
                self._add(title, value.image(name))
        to_dsc = np.eye(4)
        if "dsc_to_cet1" in names and self._volumes:
            from bolus import preprocess

            # Points of the DSC grid to points of CET1.
            to_dsc = np.linalg.inv(np.asarray(preprocess.read_transform(value.path("dsc_to_cet1")).matrix, float))
        if "dsc" in names:
            from bolus import io

            self._add("DSC", io.read_perfusion_series(value.path("dsc")), to_dsc)
        elif not self._volumes and "perfusion_brain" in names:
            self._add("DSC brain", value.image("perfusion_brain"))
        if "labels" in names or "labels_dsc" in names:
            self._labels = _volume(value.labels, None if "labels" in names else to_dsc)
        if "probability" in names:
            found = value.image("probability")
            array = np.where(np.asarray(found.array) > 0, found.array, np.nan)
            self._probability = _Volume(array, np.asarray(found.affine, float), to_dsc)
        self._simulated = any(stage.get("simulated") for stage in value.index["stages"].values())

    def _add(self, name: str, image: Any, moved: Any = None) -> None:
        volume = _volume(image, moved)
        if volume.array.ndim == 4:
            self._series = (volume, np.asarray(image.times, float))
            self._simulated = self._simulated or bool(image.simulated)
        self._volumes[name] = volume

    # Where it stands

    @property
    def _shown(self) -> _Volume:
        return self._volumes[self.picture.value]

    def _sliders(self) -> dict[int, ipywidgets.IntSlider]:
        """By axis in LPS."""
        return {2: self.axial, 1: self.coronal, 0: self.sagittal}

    @property
    def voxel(self) -> tuple[int, int, int]:
        """Index in the image shown; set it to go there."""
        shown = self._shown
        order, flips = lps_axes(shown.affine)
        found = [0, 0, 0]
        for axis, slider in self._sliders().items():
            size = shown.array.shape[order[axis]]
            found[order[axis]] = size - 1 - slider.value if flips[axis] else slider.value
        return found[0], found[1], found[2]

    @voxel.setter
    def voxel(self, voxel: tuple[int, int, int]) -> None:
        size = self._shown.array.shape[:3]
        if len(voxel) != 3 or not all(0 <= i < n for i, n in zip(voxel, size, strict=True)):
            raise OptionError(f"voxel is {tuple(voxel)}; expected an index within {size}")
        self._quiet = True
        self._place(voxel)
        self._quiet = False
        self._draw()

    def _place(self, voxel: tuple[int, ...]) -> None:
        shown = self._shown
        order, flips = lps_axes(shown.affine)
        for axis, slider in self._sliders().items():
            size, at = shown.array.shape[order[axis]], int(voxel[order[axis]])
            slider.max = size - 1
            slider.value = size - 1 - at if flips[axis] else at

    def _start(self) -> tuple[int, int, int]:
        """Where most tumour is, else the middle."""
        shown = self._shown
        if self._labels is not None and self._labels.array.any():
            point = self._labels.point_of(busiest_voxel(self._labels.array))
            found = shown.voxel_at(point)
            if found is not None:
                return found
        size = shown.array.shape
        return size[0] // 2, size[1] // 2, size[2] // 2

    def _choose(self, voxel: tuple[int, int, int]) -> None:
        """Sliders for the image that is chosen."""
        self._quiet = True
        self._place(voxel)
        array = self._shown.array
        low, high = window_of(array)
        some = array[tuple(slice(None, None, max(1, size // 48)) for size in array.shape)]
        finite = some[np.isfinite(some)]
        least, most = (float(finite.min()), float(finite.max())) if finite.size else (low, high)
        least, most = min(least, low), max(most, high)
        self.window.min, self.window.max = min(self.window.min, least), max(self.window.max, most)
        self.window.value = (low, high)
        self.window.min, self.window.max, self.window.step = least, most, max((most - least) / 200, 1e-9)
        self._quiet = False

    def _changed(self, change: Any) -> None:
        """Another image: to the same point of space."""
        before = self._volumes[change["old"]]
        order, flips = lps_axes(before.affine)
        voxel = [0, 0, 0]
        for axis, slider in self._sliders().items():
            size = before.array.shape[order[axis]]
            voxel[order[axis]] = size - 1 - slider.value if flips[axis] else slider.value
        point = before.point_of((voxel[0], voxel[1], voxel[2]))
        size = self._shown.array.shape
        self._choose(self._shown.voxel_at(point) or (size[0] // 2, size[1] // 2, size[2] // 2))
        self._draw()

    # What is drawn

    def _draw(self, change: Any = None) -> None:
        if self._quiet:
            return
        shown, voxel = self._shown, self.voxel
        array = shown.array[..., self.volume.value] if shown.array.ndim == 4 else shown.array
        low, high = self.window.value
        self.volume.disabled = shown.array.ndim != 4
        cuts: list[tuple[str, Slice, str]] = []
        for plane, *_ in PLANES:
            cut = slice_of(array, shown.affine, plane, voxel)
            outlines, overlay = [], None
            if self._labels is not None and self.outlines.value:
                outlines = label_outlines(self._labels.over(shown, plane, voxel, 0))
            if self._probability is not None and self.overlay.value:
                overlay = overlay_picture(self._probability.over(shown, plane, voxel, np.nan), 0, 1)
            picture = grey_levels(cut.values, (low, max(high, low + 1e-12)))
            svg = slice_svg(cut, picture, outlines=outlines, overlay=overlay, opacity=self.opacity.value, cross=True)
            cuts.append((plane, cut, svg))
        key = label_key() if self._labels is not None and self.outlines.value else ""
        if self._probability is not None and self.overlay.value:
            key += '<p class="soft">Dark violet: 0, yellow: 1. Read it for where, not for how probable.</p>'
        where = f"{self.picture.value}, voxel ({', '.join(map(str, voxel))}): {self._value_text(array, voxel)}"
        self.caption.value = page("", where, key, simulated=self._simulated)
        scale = scale_of(cuts, 300, 250)
        for one in cuts:
            self.planes[one[0]].value = page("", "", figures([one], scale=scale))
        self.curve.value = self._curve(voxel)

    def _value_text(self, array: np.ndarray, voxel: tuple[int, int, int]) -> str:
        words = f"{float(array[voxel]):.4g}"
        point = self._shown.point_of(voxel)
        if self._probability is not None:
            at = self._probability.voxel_at(point)
            value = np.nan if at is None else float(self._probability.array[at])
            words += f", probability {value:.2f}" if np.isfinite(value) else ""
        return words

    def _curve(self, voxel: tuple[int, int, int]) -> str:
        if self._series is None:
            return ""
        series, times = self._series
        at = series.voxel_at(self._shown.point_of(voxel))
        if at is None:
            return page("", "", '<p class="soft">Here the series has no voxel.</p>')
        curve = np.asarray(series.array[at], float)
        place = f"voxel ({', '.join(map(str, at))}) of the series"
        marker = float(times[self.volume.value]) if self._shown.array.ndim == 4 else None
        colours = {place: "#4a90d9"}
        drawn = chart(times, {place: curve}, "signal", colours=colours, size=(460, 250), marker=marker)
        return page("", "", drawn)


Viewer.__module__ = "bolus.notebook"
