"""A display for each kind of value."""

from __future__ import annotations

import html as markup
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bolus.drawing.charts import probability_scale
from bolus.drawing.colours import LABEL_COLOURS, SCREEN_COLOURS
from bolus.drawing.planes import Slice, busiest_voxel, slice_of
from bolus.drawing.slices import grey_levels, label_outlines, label_picture, overlay_picture, slice_svg, window_of
from bolus.notebook._pieces import (
    RESEARCH,
    Html,
    bar,
    chart,
    figures,
    label_key,
    lights,
    number,
    page,
    planes,
    state_bar,
    table,
    text,
)

__all__ = ["html"]

_TITLES = {"t1": "T1", "t2": "T2", "flair": "FLAIR", "cet1": "CET1", "dsc": "DSC"}
_SMALL = 160  # pixels a side, where many pictures stand in a row


def _grid(value: Any) -> str:
    """Size and spacing in words."""
    geometry = value.geometry
    size = " × ".join(str(int(count)) for count in geometry.size)
    return f"{size} voxels of {' × '.join(f'{float(mm):.3g}' for mm in geometry.spacing)} mm"


def _centre(array: Any) -> tuple[int, int, int]:
    return tuple(size // 2 for size in array.shape[:3])  # type: ignore[return-value]


def _greys(window: tuple[float, float]) -> Callable[[Slice], np.ndarray]:
    return lambda cut: grey_levels(cut.values, window)


def _same_grid(a: Any, b: Any) -> bool:
    return a is not None and b is not None and a.geometry.difference(b.geometry) == ""


# Images


def _image(value: Any) -> str:
    array = value.array
    low, high = window = window_of(array)
    shown = f"Black is {number(low)}, white {number(high)}." if np.isfinite(array[_centre(array)]) or high > low else ""
    parts = planes(array, value.affine, _centre(array), _greys(window))
    return page("Image", _grid(value), parts, f'<p class="soft">Through the middle. {shown}</p>')


def _mask(value: Any) -> str:
    array = value.array
    count = int(np.count_nonzero(array))
    volume = count * float(np.prod(value.geometry.spacing)) / 1000
    where = "Where most is marked." if count else "Nothing is marked."
    facts = f"{_grid(value)}, {count} marked, {number(volume)} mL"
    parts = planes(
        array, value.affine, busiest_voxel(array), lambda cut: np.where(cut.values != 0, 225, 20).astype(np.uint8)
    )
    return page("Mask", facts, parts, f'<p class="soft">{where}</p>')


def _counts(labels: Any) -> dict[str, int]:
    """Voxels of each part, of the core and of the whole."""
    counts = {region: labels.voxel_count(region) for region in ("ET", "NET", "ED")}
    counts["TC"] = counts["ET"] + counts["NET"]
    return counts | {"WT": counts["TC"] + counts["ED"]}


def _volumes(labels: Any, counts: Mapping[str, int]) -> str:
    """A table of the parts that there are."""
    names = {"ET": "enhancing tumour", "NET": "non-enhancing tumour", "ED": "oedema",
             "TC": "tumour core", "WT": "whole tumour"}  # fmt: skip
    voxel = float(np.prod(labels.geometry.spacing)) / 1000
    rows = [(f"{names[r]} ({r})", count, Html(f"{count * voxel:.1f}")) for r, count in counts.items()]
    return table(("part", "voxels", "volume, mL"), rows)


def _label_planes(labels: Any, counts: Mapping[str, int]) -> str:
    array = labels.array
    parts = planes(array, labels.affine, busiest_voxel(array), lambda cut: label_picture(cut.values))
    values = [value for value, (name, _) in LABEL_COLOURS.items() if counts[name]]
    return parts + (label_key(values) if values else '<p class="soft">No tumour is marked.</p>')


def _labels_and_volumes(labels: Any) -> str:
    counts = _counts(labels)
    return _label_planes(labels, counts) + _volumes(labels, counts)


def _label_map(value: Any) -> str:
    return page("LabelMap", _grid(value), _labels_and_volumes(value))


def _segmentation(value: Any) -> str:
    return page("TumourSegmentation", _grid(value.labels), _labels_and_volumes(value.labels), lights(value.flags))


def _voxel_probability(value: Any) -> str:
    image = value.probability
    array = image.array

    def coloured(cut: Slice) -> np.ndarray:
        picture = overlay_picture(cut.values, 0, 1)
        return np.where(picture[..., 3:] > 0, picture[..., :3], 0).astype(np.uint8)

    parts = planes(array, image.affine, busiest_voxel(np.isfinite(array)), coloured)
    note = '<p class="soft">Dark violet: 0, yellow: 1. Read it for where, not for how probable.</p>'
    row = (value.voxel_count, value.excluded_count, float(value.mean))
    counts = table(("voxels", "without a probability", "mean"), [row])
    simulated = value.provenance.simulated
    return page(
        "VoxelProbability", _grid(image), parts, note, counts, lights(value.flags), RESEARCH, simulated=simulated
    )


# Series and curves


def _protocol(series: Any) -> str:
    known = (
        ("TE", series.echo_time, 1000, "ms"),
        ("TR", series.repetition_time, 1000, "ms"),
        ("flip angle", series.flip_angle, 1, "°"),
        ("", series.field_strength, 1, "T"),
    )
    return ", ".join(f"{name} {value * factor:.4g} {unit}".strip() for name, value, factor, unit in known if value)


def _mean_course(series: Any, most: int = 20_000) -> np.ndarray:
    """Mean of some voxels brighter than the average of the first volume."""
    array = series.array
    step = max(1, math.ceil((array[..., 0].size / most) ** (1 / 3)))
    some = array[::step, ::step, ::step].reshape(-1, array.shape[3]).astype(float)
    first = np.where(np.isfinite(some[:, 0]), some[:, 0], -np.inf)
    finite = first[np.isfinite(first)]
    inside = some[first > finite.mean()] if finite.size and (first > finite.mean()).any() else some
    known = np.isfinite(inside)
    counts = known.sum(axis=0)
    return np.where(counts > 0, np.where(known, inside, 0).sum(axis=0) / np.maximum(counts, 1), np.nan)


def _series_slices(series: Any, count: int = 4) -> str:
    """Axial slices of the first volume, from below to above."""
    volume = series.array[..., 0]
    middle = _centre(volume)
    along = int(np.argmax(np.abs(np.asarray(series.affine)[2, :3])))
    length = volume.shape[along]
    window = window_of(volume)
    cuts = []
    for place in sorted({int((k + 1) * length / (count + 1)) for k in range(count)}):
        cut = slice_of(volume, series.affine, "axial", tuple(place if k == along else middle[k] for k in range(3)))
        svg = slice_svg(cut, grey_levels(cut.values, window), largest=_SMALL)
        cuts.append((f"slice {place + 1} of {length}", cut, svg))
    return figures(cuts, height=200)


def _series_parts(series: Any) -> str:
    course = {"mean of the head": _mean_course(series)}
    drawn = chart(series.times, course, "signal", colours={"mean of the head": "#4a90d9"}, size=(720, 200))
    return _series_slices(series) + drawn


def _perfusion(value: Any) -> str:
    times = np.asarray(value.times)
    facts = f"{_grid(value)}, {len(times)} volumes in {number(times[-1] - times[0])} s"
    known = _protocol(value)
    note = f'<p class="soft">The first volume, and the mean over the head. {text(known)}</p>'
    return page("PerfusionSeries", facts, _series_parts(value), note, simulated=value.simulated)


_UNITS = {"signal": "signal", "delta_r2s": "ΔR2* (1/s)", "normalised": "signal (z-score)"}


def _curve_parts(curves: Any, attention: tuple[Any, Any] | None = None) -> str:
    values = np.asarray(curves.values)
    courses = {name: values[:, k] for k, name in enumerate(curves.names)}
    return chart(curves.times, courses, _UNITS[curves.quantity], attention=attention)


def _span(times: Any) -> str:
    times = np.asarray(times)
    return f"{len(times)} time points, {number(times[0])} to {number(times[-1])} s" if len(times) else "no time points"


def _curve_set(value: Any) -> str:
    counts = [
        f"{name} {count}" for name, count in zip(value.names, value.voxel_counts, strict=False) if count
    ]  # fmt: skip
    note = f'<p class="soft">Voxels: {text(", ".join(counts))}</p>' if counts else ""
    facts = f"{len(value.names)} curves, {_span(value.times)}"
    return page("CurveSet", facts, _curve_parts(value), note, lights(value.flags), simulated=value.simulated)


def _genotype(label: Any) -> str:
    return "" if label is None else ", IDH-mutant" if label == 1 else ", IDH-wildtype"


def _patient_curves(value: Any) -> str:
    curves = value.curves
    facts = f"{value.patient}{_genotype(value.label)}, {_span(curves.times)}"
    return page("PatientCurves", facts, _curve_parts(curves), lights(curves.flags), simulated=curves.simulated)


def _study_curves(value: Any) -> str:
    signals = value.signals
    facts = f"{value.patient}, {_span(signals.times)}"
    parts = (_curve_parts(signals), _labels_and_volumes(value.labels), lights(value.flags))
    return page("StudyCurves", facts, *parts, simulated=signals.simulated)


def _attention_course(value: Any) -> str:
    weights = np.asarray(value.attention)
    drawn = chart(value.times, {"attention": weights}, "attention", colours={"attention": "#e0883a"}, size=(720, 200))
    return page("AttentionCourse", _span(value.times), drawn)


# Studies


def _study(value: Any) -> str:
    frame = value.to_frame()
    found = dict(zip(frame["role"], frame["file"], strict=True))
    roles = ["t1", "t2", "flair", "cet1", "dsc", "labels", "aif"]
    optional = {"labels": "none: the tumour must be found or given", "aif": "none: the artery is found in the series"}
    rows = []
    for role in roles:
        state, sign = ("good", "✓") if role in found else ("none", "–") if role in optional else ("doubtful", "!")
        light = Html(f'<span class="dot {state}" role="img" aria-label="{state}">{sign}</span>')
        rows.append((light, _TITLES.get(role, role), found.get(role, optional.get(role, "missing"))))
    parts = [table(("", "role", "file"), rows)]
    if len(value.flags):
        parts.append(lights(value.flags))
    return page("Study", value.patient, *parts)


def _nearest(image: Any, point: Any) -> tuple[int, int, int]:
    """The voxel of an image at a point, LPS mm; its middle where the point lies outside."""
    index = np.floor(np.asarray(image.geometry.index_of(point)) + 0.5)
    inside = ((index >= 0) & (index < np.asarray(image.geometry.size))).all()
    return tuple(int(k) for k in index) if inside else _centre(image.array)  # type: ignore[return-value]


def _pictures(structural: Mapping[str, Any], perfusion: Any, labels: Any, to_structural: Any) -> str:
    """An axial slice of each image, through the tumour where there is one, else through the middle."""
    cuts = []
    tumour = None if labels is None else busiest_voxel(labels.array)
    point = None if tumour is None else np.asarray(labels.geometry.point_of(tumour))
    volumes = [(_TITLES.get(name, name), image, image.array) for name, image in structural.items()]
    if perfusion is not None:
        volumes.append(("DSC, first volume", perfusion, perfusion.array[..., 0]))
    for title, image, array in volumes[:6]:
        at, outlines = _centre(array), []
        if point is not None and tumour is not None:
            same = _same_grid(labels, image)
            # Labels on the grid of the series alone lie where the series does.
            moved = image is perfusion and not same
            at = (
                tumour
                if same
                else _nearest(image, (np.linalg.inv(to_structural) @ [*point, 1])[:3] if moved else point)
            )
            if same:
                outlines = label_outlines(slice_of(labels.array, labels.affine, "axial", at).values)
        cut = slice_of(array, image.affine, "axial", at)
        svg = slice_svg(cut, grey_levels(cut.values, window_of(array)), outlines=outlines, largest=_SMALL)
        cuts.append((title, cut, svg))
    return figures(cuts, height=200, width=200) if cuts else '<p class="soft">no images</p>'


def _sizes(structural: Mapping[str, Any], perfusion: Any, others: Mapping[str, Any]) -> str:
    rows = [(_TITLES.get(name, name), _grid(image)) for name, image in structural.items()]
    if perfusion is not None:
        rows.append(("DSC", f"{_grid(perfusion)}, {len(perfusion)} volumes"))
    rows += [(name, _grid(image)) for name, image in others.items() if image is not None]
    return table(("image", "grid"), rows)


def _course(perfusion: Any) -> str:
    if perfusion is None:
        return ""
    course = {"mean of the series": _mean_course(perfusion)}
    return chart(perfusion.times, course, "signal", colours={"mean of the series": "#4a90d9"}, size=(720, 160))


def _images_and_flags(title: str, facts: str, value: Any, others: Mapping[str, Any]) -> str:
    labels, perfusion = value.labels, value.perfusion
    structural = value.structural
    to_structural = np.asarray(getattr(value, "perfusion_to_structural", np.eye(4)))
    parts = [_pictures(structural, perfusion, labels, to_structural)]
    counts = {"WT": 0} if labels is None else _counts(labels)
    if counts["WT"]:
        volume = counts["WT"] * float(np.prod(labels.geometry.spacing)) / 1000
        parts += [
            label_key(),
            f"<details><summary>tumour: {volume:.1f} mL</summary>{_volumes(labels, counts)}</details>",
        ]
    parts += [_course(perfusion), _sizes(structural, perfusion, {"labels": labels, **others}), lights(value.flags)]
    return page(title, facts, *parts, simulated=perfusion is not None and perfusion.simulated)


def _study_images(value: Any) -> str:
    return _images_and_flags("StudyImages", value.patient, value, {"arterial mask": value.arterial_mask})


def _aligned_study(value: Any) -> str:
    structural = value.structural
    reference = structural.get("cet1")
    facts = "each image on the grid of CET1" if reference is not None else ""
    others = {"brain": value.brain, "normal white matter": value.white_matter}
    return _images_and_flags("AlignedStudy", facts, value, others)


def _dicom_image(value: Any) -> str:
    image = value.image
    parts = planes(image.array, image.affine, _centre(image.array), _greys(window_of(image.array)))
    return page("DicomImage", _grid(image), parts, lights(value.flags))


def _dicom_perfusion(value: Any) -> str:
    series = value.series
    parts = _series_parts(series[0]) if series else '<p class="soft">no series</p>'
    return page("DicomPerfusion", ", ".join(value.names), parts, lights(value.flags))


def _head_study(value: Any) -> str:
    image, labels = value.contrast_t1, value.labels
    lines = lambda cut: label_outlines(slice_of(labels.array, labels.affine, cut.plane, voxel).values)  # noqa: E731
    voxel = busiest_voxel(labels.array)
    parts = planes(image.array, image.affine, voxel, _greys(window_of(image.array)), outlines=lines)
    frame = value.to_frame()
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    return page("HeadStudy", _grid(image), parts, label_key(), table(list(frame.columns), rows), simulated=True)


def _phantom_study(value: Any) -> str:
    frame = value.to_frame()
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    parts = (_series_parts(value.series), table(list(frame.columns), rows))
    return page("PhantomStudy", _grid(value.series), *parts, simulated=True)


# Predictions


def _answer(probability: float, note: str, **scale: Any) -> str:
    """The number, the side it leans to, and the scale."""
    if not math.isfinite(probability):
        return '<p class="number">no probability</p>'
    side = "IDH-mutant" if probability >= 0.5 else "IDH-wildtype"
    number = f'<p class="number">{probability:.2f} <small>probability of an IDH mutation, leans to {side}</small></p>'
    soft = f'<p class="soft">{text(note)}</p>' if note else ""
    return number + probability_scale(probability, **scale) + soft


def _spread(values: Sequence[float], what: str) -> str:
    return f"{len(values)} {what} lie between {min(values):.2f} and {max(values):.2f}." if len(values) > 1 else ""


def _study_prediction(value: Any) -> str:
    windows = [float(one) for one in value.windows.probability]
    attention = (value.attention.times, value.attention.attention)
    answer = _answer(float(value.probability), _spread(windows, "windows of the series"), windows=windows[:60])
    parts = (answer, _curve_parts(value.signals, attention), lights(value.flags), RESEARCH)
    return page("StudyPrediction", value.patient, *parts, simulated=value.provenance.simulated)


def _rows_of(value: Any, names: Sequence[Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of a prediction of many: name, bar, probability, what it may as well be."""
    probability = np.asarray(value.probability, float)
    members = np.asarray(value.members, float) if hasattr(value, "members") else None
    counts = getattr(value, "sample_counts", None)
    columns = ["sample" if counts is None else "patient", "", "probability"]
    columns += ["networks"] * (members is not None) + ["samples"] * (counts is not None)
    rows = []
    for k, name in enumerate(names[:13]):
        interval = None if members is None else (float(members[k].min()), float(members[k].max()))
        row: list[Any] = [name, bar(float(probability[k]), interval), Html(f"{probability[k]:.3f}")]
        if interval is not None:
            row.append(Html(f"{interval[0]:.2f} to {interval[1]:.2f}"))
        if counts is not None:
            row.append(int(counts[k]))
        rows.append(tuple(row))
    return columns, rows


def _attention_parts(value: Any) -> str:
    """The mean attention by step, which is all the time that these know."""
    attention = np.asarray(value.attention, float)
    if attention.size == 0:
        return ""
    course = attention.mean(axis=0)
    steps = np.arange(len(course), dtype=float)
    return (
        "<details><summary>mean attention by step of the window</summary>"
        + chart(
            steps, {"attention": course}, "attention", colours={"attention": "#e0883a"}, size=(720, 180), axis="step"
        )
        + "</details>"
    )


def _predictions(title: str) -> Callable[[Any], str]:
    def draw(value: Any) -> str:
        many = len(value)
        names = list(value.patients[:13]) if hasattr(value, "patients") else [str(k) for k in range(min(many, 13))]
        columns, rows = _rows_of(value, names)
        members = np.asarray(value.members).shape[1] if hasattr(value, "members") else 0
        what = "patients" if hasattr(value, "patients") else "samples"
        facts = f"{many} {what}" + (f", {members} networks" if members else "")
        parts = [table(columns, rows, many)]
        if members:
            parts.append('<p class="soft">The line in a bar runs from the lowest to the highest network.</p>')
        simulated = any(flag.code == "model.simulated" for flag in value.flags)
        parts += [_attention_parts(value), lights(value.flags), RESEARCH]
        return page(title, facts, *parts, simulated=simulated)

    return draw


def _patient_result(value: Any) -> str:
    from bolus import io

    names = value.names()
    parts, simulated, attention = [], False, None
    if "prediction" in names:
        found = value.prediction
        windows, members = found["window_probabilities"], found.get("member_probabilities", [])
        note = " ".join(
            part
            for part in (_spread(windows, "windows of the series"), _spread(members, "networks of other trainings"))
            if part
        )
        interval = (min(members), max(members)) if len(members) > 1 else None
        scale = {"windows": windows[:60], "members": members, "interval": interval}
        parts.append(_answer(float(found["probability_idh_mutant"]), note, **scale))
        attention = (found["attention"]["time_s"], found["attention"]["weight"])
        simulated = bool(found["provenance"].get("simulated")) or bool(found["model"]["simulated"])
    else:
        last = ["nothing", *value.index["stages"]][-1]
        parts.append(f"<p>No prediction yet: the run stopped after {text(last)}.</p>")
    simulated = simulated or any(stage.get("simulated") for stage in value.index["stages"].values())
    if "curves" in names:
        parts.append(_curve_parts(io.read_curves(value.path("curves"))[0].curves, attention))
    volumes = value.index["stages"].get("segment", {}).get("volumes_ml", {})
    if volumes:
        parts.append(table(("part", "volume, mL"), [(name, Html(f"{float(ml):.1f}")) for name, ml in volumes.items()]))
    parts.append(lights(value.flags))
    if "report" in names:
        parts.append(f'<p class="soft">All of it to read: {text(value.path("report").name)} in its folder.</p>')
    if "prediction" in names:
        parts.append(RESEARCH)
    facts = f"{value.patient}, {len(value.flags)} flags"
    return page("PatientResult", facts, *parts, simulated=simulated)


# Many patients


def _class_means(value: Any) -> str:
    """The mean sample of each channel, of mutants with whole and of wildtype with broken lines."""
    curves = np.asarray(value.curves, float)
    labels = np.asarray(value.labels)
    if not curves.size:
        return '<p class="soft">no samples</p>'
    names = list(value.channel_names) or [f"channel {k + 1}" for k in range(curves.shape[1])]
    step = value.time_step or 1.0
    courses, colours, dashed = {}, {}, []
    both = len(set(labels.tolist())) > 1
    groups: list[tuple[str, int | None]] = [("mutant", 1), ("wildtype", 0)] if both else [("", None)]
    for group, label in groups:
        some = curves if label is None else curves[labels == label]
        known = np.isfinite(some)
        counts = known.sum(axis=0)
        mean = np.where(counts > 0, np.where(known, some, 0).sum(axis=0) / np.maximum(counts, 1), np.nan)
        for k, name in enumerate(names[:6]):
            title = f"{name}, {group}" if group else name
            courses[title], colours[title] = mean[k], SCREEN_COLOURS.get(name, "#888")
            if label == 0:
                dashed.append(title)
    axis = "time from the window's start (s)" if value.time_step else "step"
    note = '<p class="soft">Whole lines: IDH-mutant; broken lines: wildtype.</p>' if both else ""
    times = np.arange(curves.shape[2]) * step
    return chart(times, courses, "mean sample", colours=colours, axis=axis, dashed=dashed, key=names[:6]) + note


def _dataset(value: Any) -> str:
    samples, channels, steps = value.curves.shape
    labels = np.asarray(value.labels)
    patients = np.asarray(value.patients)
    facts = f"{samples} samples × {channels} channels × {steps} steps"
    seconds = f" of {number(value.time_step)} s" if value.time_step else ""
    rows: list[tuple[Any, ...]] = [("channels", ", ".join(value.channel_names) or "not named")]
    if len(patients):
        rows.append(("patients", str(len(set(patients.tolist())))))
    if len(labels):
        mutant = int((labels == 1).sum())
        rows.append(("labels", f"{mutant} samples mutant (1), {len(labels) - mutant} wildtype (0)"))
    return page("Dataset", facts + seconds, _class_means(value), table(("", ""), rows), simulated=value.simulated)


def _genotypes(labels: Sequence[Any]) -> dict[str, int]:
    known = [label for label in labels if label is not None and label == label]
    mutant = sum(int(label) == 1 for label in known)
    return {"IDH-mutant": mutant, "IDH-wildtype": len(known) - mutant, "not known": len(labels) - len(known)}


def _frame_table(frame: Any, count: int | None = None, columns: int = 9) -> str:
    """The first rows of a DataFrame, without columns that hold nothing."""
    head = frame.head(10)
    head = head.loc[:, [not head[name].isna().all() for name in head.columns]]
    names = [str(name) for name in head.columns][:columns]
    rows = [
        tuple(None if cell is None or cell != cell else cell for cell in row[:columns])
        for row in head.itertuples(index=False)
    ]
    return table(names, rows, len(frame) if count is None else count)


def _simulated_cohort(value: Any) -> str:
    frame = value.to_frame()
    counts = _genotypes([patient.idh_mutant for patient in value.patients])
    facts = f"{len(value)} patients who do not exist"
    return page("SimulatedCohort", facts, state_bar(counts), _frame_table(frame), simulated=True)


def _simulated_patient(value: Any) -> str:
    genotype = "IDH-mutant" if value.idh_mutant else "IDH-wildtype"
    facts = f"{value.id}, {genotype}, grade {value.grade}, {value.age:.0f} years, {value.sex}"
    return page("SimulatedPatient", facts, _curve_parts(value.curves), simulated=True)


def _cohort(value: Any) -> str:
    frame = value.to_frame().drop(columns=["folder"], errors="ignore")
    counts = _genotypes(list(frame["label"]))
    excluded = int((frame["exclusion"].fillna("").astype(str) != "").sum()) if "exclusion" in frame else 0
    facts = f"{len(value)} patients" + (f", {excluded} excluded" if excluded else "")
    return page("Cohort", facts, state_bar(counts), _frame_table(frame))


def _cohort_result(value: Any) -> str:
    frame = value.to_frame()
    parts = [state_bar({state: int((frame["state"] == state).sum()) for state in dict.fromkeys(frame["state"])})]
    failed = frame[frame["state"] == "failed"]
    if len(failed):
        rows = list(failed[["patient", "kind", "reason"]].itertuples(index=False, name=None))
        parts.append(table(("failed", "kind", "reason"), rows))
    if value.workers:
        parts.append(f'<p class="soft">{text(value.workers)}</p>')
    return page("CohortResult", f"{len(frame)} patients, {value.computed} worked on by this run", *parts)


def _cohort_store(value: Any) -> str:
    patients = value.patients
    known = [name for name in ("state", "label", "simulated") if name in patients.schema.names]
    frame = value.frame("patients", known) if known else None
    parts = []
    if frame is not None and "state" in frame:
        parts.append(state_bar({str(name): int(count) for name, count in frame["state"].value_counts().items()}))
    if frame is not None and "label" in frame:
        parts.append(state_bar(_genotypes(list(frame["label"]))))
    parts.append(_frame_table(patients.head(10).to_pandas(), len(value)))
    rows = [(name, getattr(value, name).count_rows(), ", ".join(getattr(value, name).schema.names)) for name in
            ("patients", "curves", "perfusion", "qc")]  # fmt: skip
    parts.append(f"<details><summary>tables</summary>{table(('table', 'rows', 'columns'), rows)}</details>")
    simulated = frame is not None and "simulated" in frame and bool((frame["simulated"] == True).any())  # noqa: E712
    return page("CohortStore", f"{len(value)} patients", *parts, simulated=simulated)


# Flags


def _flag(value: Any) -> str:
    return page("QcFlag", "", lights([value]))


def _flags(value: Any) -> str:
    codes = [flag.code for flag in value]
    facts = f"{len(codes)} flag{'s' if len(codes) != 1 else ''}" if codes else "nothing doubtful"
    return page("QcFlags", facts, lights(value))


_DRAW: dict[str, Callable[[Any], str]] = {
    "AlignedStudy": _aligned_study,
    "AttentionCourse": _attention_course,
    "Cohort": _cohort,
    "CohortResult": _cohort_result,
    "CohortStore": _cohort_store,
    "CurveSet": _curve_set,
    "Dataset": _dataset,
    "DicomImage": _dicom_image,
    "DicomPerfusion": _dicom_perfusion,
    "EnsemblePatientPrediction": _predictions("EnsemblePatientPrediction"),
    "EnsemblePrediction": _predictions("EnsemblePrediction"),
    "HeadStudy": _head_study,
    "Image": _image,
    "LabelMap": _label_map,
    "Mask": _mask,
    "PatientCurves": _patient_curves,
    "PatientPrediction": _predictions("PatientPrediction"),
    "PatientResult": _patient_result,
    "PerfusionSeries": _perfusion,
    "PhantomStudy": _phantom_study,
    "Prediction": _predictions("Prediction"),
    "QcFlag": _flag,
    "QcFlags": _flags,
    "SimulatedCohort": _simulated_cohort,
    "SimulatedPatient": _simulated_patient,
    "Study": _study,
    "StudyCurves": _study_curves,
    "StudyImages": _study_images,
    "StudyPrediction": _study_prediction,
    "TumourSegmentation": _segmentation,
    "VoxelProbability": _voxel_probability,
}


def html(value: Any) -> str:
    """What a notebook shows of a value: HTML with pictures inside, without scripts, that loads nothing.

    Never raises: a value that cannot be drawn (the files of a result are gone, say) is shown as its text, with the reason.

    Parameters
    ----------
    value : object
        A study, image, mask, label map, series, curves, prediction, cohort, data set or flags of bolus. Of anything else its
        text.

    Returns
    -------
    str
        One ``<style>`` and one ``<div class="bolus">``.
    """
    draw = next((_DRAW[kind.__name__] for kind in type(value).__mro__ if kind.__name__ in _DRAW), None)
    why = ""
    if draw is not None:
        try:
            return draw(value)
        except Exception as error:  # whatever it is: a cell must not fail for its picture
            why = f'<p class="soft">It could not be drawn: {text(error)}</p>'
    try:
        plain = repr(value)
    except Exception as error:
        plain = f"{type(value).__name__} ({error})"
    return page(type(value).__name__, "", f"<pre>{markup.escape(plain[:2000])}</pre>", why)


html.__module__ = "bolus.notebook"
