"""The report of one patient: one HTML file that needs no other, to read on a screen and to print."""

from __future__ import annotations

import base64
import csv
import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from bolus import Image, __version__, io
from bolus import preprocess as steps
from bolus.drawing.charts import curve_chart, probability_scale
from bolus.drawing.colours import REGION_COLOURS, overlay_ramp
from bolus.drawing.planes import SIDES
from bolus.patient._folder import RunFolder
from bolus.patient._views import views_of

__all__ = ["render", "verdicts_of"]

_SIGNS = {"good": "✓", "doubtful": "?", "failed": "✕", "none": "–"}
_REGIONS = {"ET": "enhancing tumour", "NET": "non-enhancing tumour", "ED": "oedema", "WT": "whole tumour"}
_ROWS = {  # quantity: name, unit, digits
    "nrCBV": ("Blood volume (nrCBV)", "× white matter", 2),
    "corrected_nrCBV": ("Blood volume without leakage", "× white matter", 2),
    "relative_PH": ("Peak height", "× white matter", 2),
    "PSR": ("Signal recovery (PSR)", "%", 0),
    "K2": ("Leakage K2", "10⁻³ s⁻¹", 2),
    "CBF": ("Blood flow (CBF)", "mL/100 mL/min", 0),
    "MTT": ("Mean transit time", "s", 1),
    "delay": ("Delay after the artery", "s", 1),
}
_PATTERN = {
    "baseline": "the time before the bolus arrives",
    "downslope": "the fall of the signal while the bolus comes in",
    "upslope": "the recovery while it washes out",
    "plateau": "the late part, after the first pass",
}


def _e(text: Any) -> str:
    return html.escape(str(text))


def _flags(folder: RunFolder, *stages: str) -> list[dict[str, str]]:
    return [flag for stage in stages for flag in (folder.record(stage) or {}).get("flags", [])]


def _judged(image: str, stage: str, flags: list[dict[str, str]], good: str, failed: bool = False) -> dict[str, str]:
    if not flags:
        return {"image": image, "stage": stage, "verdict": "good", "reasons": good}
    reasons = "; ".join(flag["message"] for flag in flags)
    return {"image": image, "stage": stage, "verdict": "failed" if failed else "doubtful", "reasons": reasons}


def verdicts_of(folder: RunFolder) -> dict[str, Any]:
    """Every verdict and every flag of a run.

    Returns
    -------
    dict
        ``verdicts``: list of image, stage, verdict (good, doubtful, failed), reasons; ``flags``: list of stage, code, message.
    """
    rows: list[dict[str, Any]] = []
    told = _flags(folder, "preprocess")
    for row in (folder.record("preprocess") or {}).get("verdicts", []):
        codes = row["reasons"] if isinstance(row["reasons"], list) else re.split(r"[,; ]+", str(row["reasons"] or ""))
        messages = [
            flag["message"].removeprefix(f"{row['image']}: ")
            for flag in told
            if flag["code"] in codes and flag["message"].startswith((f"{row['image']}: ", "brain: "))
        ]
        rows.append({**row, "reasons": "; ".join(messages or [code for code in codes if code])})
    if folder.record("segment"):
        flags = [flag for flag in _flags(folder, "segment") if not flag["code"].startswith("segment.correction")]
        rows.append(_judged("labels", "segmentation", flags, "every part of the tumour is there, inside the brain"))
    if folder.record("perfusion"):
        found = _flags(folder, "perfusion")
        protocol = [flag for flag in found if flag["code"].startswith("dsc.protocol")]
        artery = [flag for flag in found if flag["code"].startswith("dsc.aif")]
        taken = {flag["code"] for flag in protocol + artery}
        rest = [
            flag for flag in found if flag["code"] not in taken | {"dsc.region.invalid"}
        ]  # a few voxels are no doubt
        rows.append(_judged("dsc", "protocol", protocol, "known, plausible, and in keeping with its time stamps"))
        missing = any(flag["code"] == "dsc.aif.not_found" for flag in artery)
        voxels = (folder.record("perfusion") or {}).get("arterial_voxels", 0)
        rows.append(_judged("dsc", "arterial input", artery, f"{voxels} voxels", missing))
        rows.append(_judged("dsc", "curves and maps", rest, "nothing speaks against them"))
    if folder.record("predict"):
        found = [flag for flag in _flags(folder, "predict") if not flag["code"].startswith("pipeline.voxel")]
        rows.append(_judged("model", "prediction", found, "the series is like those of its training"))
    flags = [{"stage": stage, **flag} for stage in folder.index["stages"] for flag in _flags(folder, stage)]
    return {"verdicts": rows, "flags": flags}


def _light(verdict: str, title: str, text: str) -> str:
    sign = _SIGNS.get(verdict, "–")
    return (
        f'<li class="{_e(verdict)}"><span class="dot" role="img" aria-label="{_e(verdict)}">{sign}</span>'
        f"<b>{_e(title)}</b><span>{_e(text)}</span></li>"
    )


def _probability(folder: RunFolder, prediction: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    value = prediction["probability_idh_mutant"]
    windows, members = prediction["window_probabilities"], prediction.get("member_probabilities", [])
    model = prediction["model"]
    notes = ""
    if model["simulated"]:
        notes += (
            '<p class="warning"><b>Trained on simulated patients.</b> This number shows that the software '
            "works. It says nothing about a "
            "real patient.</p>"
        )
    elif prediction["provenance"].get("simulated"):
        notes += '<p class="warning"><b>The images are simulated.</b> This is no patient.</p>'
    side = "IDH-mutant" if value >= 0.5 else "IDH-wildtype"
    spread = (
        f"Its {len(windows)} windows of the same series lie between {min(windows):.2f} and {max(windows):.2f} "
        f"(standard deviation {prediction['window_standard_deviation']:.2f}): how much the answer depends on "
        "where the series is cut."
    )
    if members:
        spread += (
            f" {len(members)} networks of other trainings lie between {min(members):.2f} and {max(members):.2f} "
            f"(standard deviation {prediction['member_standard_deviation']:.2f}): how much it depends on chance in training."
        )
    else:
        spread += " One network alone: how much the answer depends on chance in its training is not known."
    counts = {name: sum(row["verdict"] == name for row in rows) for name in ("good", "doubtful", "failed")}
    worst = "failed" if counts["failed"] else "doubtful" if counts["doubtful"] else "good"
    say = {
        "good": "Nothing speaks against the steps before.",
        "doubtful": f"{counts['doubtful']} of {len(rows)} checks are doubtful: read them below before you use the number.",
        "failed": f"{counts['failed']} of {len(rows)} checks failed: do not use the number before they are settled.",
    }[worst]
    volumes = (folder.record("segment") or {}).get("volumes_ml", {})
    facts = "".join(
        f"<tr><td>{_e(_REGIONS[name].capitalize())}</td><td class=n>{volumes[name]:.1f} mL</td></tr>"
        for name in ("WT", "ET", "NET", "ED")
        if name in volumes
    )
    return (
        f'<section id="probability">{notes}<div class="two"><div><h2>Probability of an IDH mutation</h2>'
        f'<p class="number">{value:.2f} <small>leans to {side}</small></p>{probability_scale(value, windows, members)}'
        f'<p class="soft">{_e(spread)}</p></div><div><h2>Can it be used?</h2><ul class="lights">'
        f"{_light(worst, say, '')}</ul><h3>Tumour</h3><table class=facts>{facts}</table>"
        '<p class="soft"><small>Labels: '
        f"{_e((folder.record('segment') or {}).get('segmenter', ''))}.</small></p></div></div></section>"
    )


def _viewer(folder: RunFolder, aligned: Any) -> tuple[str, str]:
    """The section and the data it draws."""
    images, overlays, labels, brain = {}, {}, None, None
    if aligned.structural:
        grid, transform = (
            aligned.structural["cet1"].geometry,
            steps.RigidTransform(np.linalg.inv(np.asarray(aligned.perfusion_to_structural))),
        )
        images = {
            title: aligned.structural[name]
            for name, title in (("cet1", "CET1"), ("flair", "FLAIR"))
            if name in aligned.structural
        }
        brain = aligned.brain
        if folder.has("labels"):
            labels = io.read_label_map(folder.path("labels"))
        elif folder.has("labels_dsc"):
            carried = io.read_label_map(folder.path("labels_dsc"))
            labels = steps.Resample()(carried, grid, transform)
    elif aligned.perfusion is not None:
        transform = steps.RigidTransform()
        first = np.asfortranarray(aligned.perfusion.array[..., :5].mean(axis=3))
        images = {"DSC before the bolus": Image(first, aligned.perfusion.affine)}
        if folder.has("perfusion_brain"):
            brain = io.read_mask(folder.path("perfusion_brain"))
        if folder.has("labels_dsc"):
            labels = io.read_label_map(folder.path("labels_dsc"))
    if folder.has("probability"):
        image = io.read_image(folder.path("probability"))
        values = np.where(np.asarray(image.array) > 0, image.array, np.nan).astype(np.float32)
        overlays["probability"] = (Image(np.asfortranarray(values), image.affine), transform, 0.0, 1.0, "")
    if folder.has("nrCBV"):
        image = io.read_image(folder.path("nrCBV"))
        values = np.where(np.asarray(image.array) > 0, image.array, np.nan).astype(np.float32)
        overlays["nrCBV"] = (Image(np.asfortranarray(values), image.affine), transform, 0.0, 6.0, "× white matter")
    views = views_of(images, labels, brain, overlays)
    if views is None:
        return "", ""
    panes = ""
    for name, plane in views.planes.items():
        marks = "".join(
            f'<span class="side {where}">{side}</span>' for where, side in zip("lrtb", SIDES[name], strict=True)
        )
        panes += (
            f'<div class="view"><div class="frame"><canvas id="{name}" role="img" aria-label="{name} '
            f'slice"></canvas>{marks}</div>'
            f'<label>{name} <input type="range" id="{name}-slice" min="0" max="{len(plane["slices"]) - 1}" '
            f'value="{plane["start"]}" '
            f'aria-label="{name} slice"><span id="{name}-at"></span></label></div>'
        )
    choices = "".join(
        f'<label><input type="radio" name="image" value="{_e(title)}"{" checked" if k == 0 else ""}> {_e(title)}</label>'
        for k, title in enumerate(views.images)
    )
    titles = {"probability": "probability by voxel", "nrCBV": "blood volume"}
    over = "".join(
        f'<label><input type="radio" name="overlay" value="{_e(name)}"{" checked" if k == 0 else ""}> '
        f"{_e(titles[name])}</label>"
        for k, name in enumerate(views.overlays)
    )
    over += (
        f'<label><input type="radio" name="overlay" value="none"{"" if views.overlays else " checked"}> none</label>'
    )
    hidden = " Nothing outside the brain is shown: a face is identity." if brain is not None else ""
    noisy = (
        " A voxel’s own curve is far noisier than the mean curves the network was trained on: the map shows "
        "where curves differ, not how "
        "probable a mutation is there."
        if "probability" in views.overlays
        else ""
    )
    section = (
        '<section id="images"><h2>Where it is</h2><p class="soft">Drag the sliders or click into a view; the '
        "patient’s right is on the "
        f'left.{_e(hidden + noisy)}</p><div class="controls"><fieldset><legend>Image</legend>{choices}</fieldset>'
        f"<fieldset><legend>Overlay</legend>{over}</fieldset>"
        '<label>Strength <input type="range" name="opacity" min="0" max="1" step="0.05" value="0.5"></label>'
        '<label><input type="checkbox" name="outlines" checked> outlines</label></div>'
        f'<div class="viewer">{panes}</div><div class="key"><span><i '
        'style="background:rgb(232,57,70)"></i>enhancing tumour</span>'
        '<span><i style="background:rgb(239,138,98)"></i>non-enhancing tumour</span>'
        '<span><i style="background:rgb(88,172,220)"></i>oedema</span>'
        '<span id="ramp"><span id="low"></span><canvas width="150" height="12"></canvas><span '
        'id="high"></span></span></div></section>'
    )
    data = {
        "planes": views.planes,
        "images": views.images,
        "overlays": views.overlays,
        "ramp": overlay_ramp().tolist(),
    }
    return section, f'<script type="application/json" id="views">{json.dumps(data, separators=(",", ":"))}</script>'


def _pattern_words(prediction: dict[str, Any]) -> str:
    number, segments = prediction["temporal_pattern"], prediction["segments"]
    if not number:
        return "No bolus was found in the curve of the whole tumour, so its parts and a temporal pattern are not determined."
    pairs = (("baseline", "downslope"), ("baseline", "upslope"), ("baseline", "plateau"), ("downslope", "upslope"),
             ("downslope", "plateau"), ("upslope", "plateau"))  # fmt: skip
    pair = pairs[number - 1]
    shares = [segments[name]["attention_share"] for name in pair if name in segments]
    words = " and ".join(_PATTERN[name] for name in pair)
    return (
        f"The network looked most at {words}: together {100 * sum(shares):.0f} % of its attention. In the "
        "terms of Choi et al. 2019 this is "
        f"temporal pattern TP{number} ({' and '.join(pair)})."
    )


def _curves(folder: RunFolder, prediction: dict[str, Any] | None) -> str:
    from bolus import dsc

    signals = io.read_curves(folder.path("curves"))[0].curves
    values = dsc.ZNormalisation()(signals).values.T
    curves = dict(zip(signals.names, values, strict=True))
    attention = None if prediction is None else (prediction["attention"]["time_s"], prediction["attention"]["weight"])
    segments = {} if prediction is None else prediction["segments"]
    chart = curve_chart(signals.times, curves, attention, segments)
    key = "".join(
        f'<span><i style="background:{REGION_COLOURS.get(name, "#555")}"></i>'
        f"{_e(_REGIONS.get(name, 'arterial input'))} ({_e(name)})</span>"
        for name in curves
    )
    words = ""
    if prediction is not None:
        words = (
            f"<p>{_e(_pattern_words(prediction))}</p><p class=soft>Attention shows where the network looked, "
            "not why, and other trainings "
            "look elsewhere at nearly the same accuracy.</p>"
        )
        key += '<span><i style="background:rgb(244,146,62)"></i>three times the average attention</span>'
    title = "What it looked at" if prediction is not None else "Curves"
    return f'<section id="curves"><h2>{title}</h2>{words}{chart}<div class="key">{key}</div></section>'


def _perfusion(folder: RunFolder) -> str:
    """The table of quantities, or nothing where there are none."""
    from bolus.study.published import PUBLISHED_RCBV

    with folder.path("regions").open(newline="") as file:
        rows = {(row["map"], row["region"]): row for row in csv.DictReader(file)}
    mutant, wildtype = PUBLISHED_RCBV["IDH-mutant"], PUBLISHED_RCBV["IDH-wildtype"]
    published = (
        f"whole tumour: mutant {mutant[0]:.2f} ± {mutant[1]:.2f}, wildtype {wildtype[0]:.2f} ± {wildtype[1]:.2f} (1)"
    )
    reference = {
        "nrCBV": published,
        "corrected_nrCBV": "as above; white matter is 1 by definition",
        "relative_PH": "white matter is 1 by definition",
    }
    body = ""
    for name, (title, unit, digits) in _ROWS.items():
        cells = ""
        for region in ("ET", "NET", "ED", "WT", "white_matter"):
            row = rows.get((name, region))
            if row is None or int(row["valid_count"]) == 0 or not np.isfinite(float(row["mean"])):
                cells += "<td class=n>–</td>"
                continue
            factor = 1000.0 if name == "K2" else 1.0
            mean, spread = factor * float(row["mean"]), factor * float(row["standard_deviation"])
            cells += f"<td class=n>{mean:.{digits}f}<br><small>± {spread:.{digits}f}</small></td>"
        if cells.count("–") == 5:
            continue
        other = _e(reference.get(name, "the patient’s own white matter"))
        body += f"<tr><td>{title}<br><small>{unit}</small></td>{cells}<td><small>{other}</small></td></tr>"
    if not body:
        return ""
    return (
        '<section id="perfusion"><h2>Perfusion</h2><p class="soft">Mean ± standard deviation over the voxels '
        "of each region. Flow and "
        "transit times are as right as the arterial input; compare ratios.</p><table><thead><tr><th></th><th class=n>ET</th>"
        "<th class=n>NET</th><th class=n>ED</th><th class=n>WT</th><th class=n>white matter</th><th>to compare "
        "with</th></tr></thead>"
        f"<tbody>{body}</tbody></table><p><small>(1) Mean rCBV of 125 mutant and 338 wildtype gliomas, Choi et "
        "al., Neuro-Oncology "
        "2019;21:1197–1209. Other protocols and other corrections give other values.</small></p></section>"
    )


def _picture(path: Path, title: str, width: int = 1500) -> str:
    import io as buffers

    from PIL import Image as Picture

    with Picture.open(path) as picture:
        small = picture.convert("RGB")
        if small.width > width:
            small = small.resize((width, round(small.height * width / small.width)), Picture.Resampling.LANCZOS)
        buffer = buffers.BytesIO()
        small.save(buffer, "JPEG", quality=82, optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<figure><img alt="{_e(title)}" src="data:image/jpeg;base64,{data}"><figcaption>{_e(title)}</figcaption></figure>'


def _quality(folder: RunFolder, rows: list[dict[str, Any]], pictures: dict[str, Path]) -> str:
    order = {"failed": 0, "doubtful": 1, "good": 2}
    lights = ""
    for row in sorted(rows, key=lambda row: order.get(row["verdict"], 3)):
        lights += _light(
            row["verdict"], f"{row['stage']}, {row['image']}", row["reasons"] or "nothing speaks against it"
        )
    protocol = (folder.record("perfusion") or {}).get("protocol", {})
    names = (
        ("Field strength", "field_strength_t", "{:g} T", 1.0), ("Echo time", "echo_time_s", "{:g} ms", 1000.0),
        ("Repetition time", "repetition_time_s", "{:g} ms", 1000.0), ("Flip angle", "flip_angle_degrees", "{:g}°", 1.0),
        ("Time step", "time_step_s", "{:.3g} s", 1.0), ("Volumes", "volumes", "{:g}", 1.0),
    )  # fmt: skip
    facts = ""
    for title, name, text, factor in names if protocol else ():
        known = protocol.get(name) is not None
        value = text.format(round(protocol[name] * factor, 6)) if known else "not known"
        facts += f"<tr><td>{title}</td><td>{value}</td></tr>"
    if protocol:
        facts += f"<tr><td>Voxels</td><td>{' × '.join(f'{v:g}' for v in protocol['voxel_mm'])} mm</td></tr>"
    figures = "".join(
        f"<details><summary>{title}</summary>{_picture(pictures[name], title)}</details>"
        for name, title in (
            ("alignment_figure", "Registration: each image over the edges of CET1"),
            ("masks_figure", "Brain and normal white matter over CET1"),
            ("motion_figure", "Motion of the DSC series"),
        )
        if name in pictures
    )
    right = f"<div><h3>DSC protocol</h3><table class=facts>{facts}</table></div>" if facts else ""
    return (
        f'<section id="quality"><h2>Quality</h2><div class="{"two" if right else ""}"><div><ul '
        f'class="lights">{lights}</ul></div>{right}</div>'
        f"{figures}</section>"
    )


def _model(prediction: dict[str, Any], networks: list[Any]) -> str:
    model, validation = prediction["model"], prediction["model"]["validation"]
    facts = [
        (
            "Network",
            "attention-LSTM after Choi et al. 2019" + (f", {len(networks)} of them" if len(networks) > 1 else ""),
        ),
        ("Curves it reads", ", ".join(model["channels"]) or "not named"),
        ("Its windows", f"{model['steps']} volumes of {model['time_step_s']:g} s" if model["steps"] else "not known"),
        ("Trained on", "simulated patients" if model["simulated"] else "data that is not marked as simulated"),
    ]
    if validation:
        names = {
            "data": "Judged on", "patients": "Patients", "auc": "AUC", "accuracy": "Accuracy",
            "sensitivity": "Sensitivity (mutant)",
            "specificity": "Specificity", "threshold": "Threshold",
        }  # fmt: skip
        for name, title in names.items():
            if name not in validation:
                continue
            value = validation[name]
            text = f"{value:.3f}" if isinstance(value, float) else str(value)
            if name == "auc" and "auc_low" in validation:
                text += f" (95 % interval {validation['auc_low']:.3f} to {validation['auc_high']:.3f})"
            facts.append((title, text))
    else:
        facts.append(
            (
                "How good it is",
                "not recorded in the weights. Judge them on labelled patients of your own: bolus evaluate --record",
            )
        )
    rows = "".join(f"<tr><td>{_e(title)}</td><td>{_e(text)}</td></tr>" for title, text in facts)
    return f'<section id="model"><h2>The model</h2><table class=facts>{rows}</table></section>'


def _limits(prediction: dict[str, Any] | None) -> str:
    texts = [
        "Research software. It has not been cleared or certified for any clinical purpose. Do not let it "
        "decide about a patient: IDH status "
        "is settled by histology and sequencing.",
        "Curves of another echo time, flip angle, dose, preload or injection rate look different for reasons "
        "that have nothing to do with "
        "the genotype. A network knows the protocols of its training only.",
        "A wrong outline of the tumour gives wrong curves. Look at the outlines above, and correct them where needed.",
        "Segmentation, registration and brain mask are judged by numbers here. A green light is no substitute for looking.",
    ]
    if prediction is not None:
        texts.insert(
            1,
            "The probability is the network’s own. It is not calibrated to how frequent the mutation is where "
            "the patient comes from, unless "
            "the weights say so.",
        )
    items = "".join(f"<li>{_e(text)}</li>" for text in texts)
    return f'<section id="limits"><h2>Limits</h2><ul>{items}</ul></section>'


def _notes(folder: RunFolder, prediction: dict[str, Any] | None) -> str:
    flags = "".join(
        f"<tr><td>{_e(stage)}</td><td>{_e(flag['message'])}<br><code>{_e(flag['code'])}</code></td></tr>"
        for stage in folder.index["stages"]
        for flag in _flags(folder, stage)
    )
    hashes = "".join(
        f"<tr><td>{_e(name)}</td><td><code>{_e(value)}</code></td></tr>"
        for name, value in folder.index["inputs"].items()
    )
    if prediction is not None:
        weights = prediction["provenance"]["inputs"].get("weights", "")
        hashes += f"<tr><td>weights</td><td><code>{_e(weights)}</code></td></tr>"
    return (
        f'<section id="notes"><h2>For the record</h2><details open><summary>Everything doubtful</summary><table>'
        f"{flags or '<tr><td>nothing</td></tr>'}</table></details>"
        f"<details><summary>What it was made from (SHA-256)</summary><table>{hashes}</table></details>"
        f'<p class="soft"><small>bolus {_e(__version__)}. Every file of the results is listed in '
        "index.json.</small></p></section>"
    )


def render(folder: RunFolder, aligned: Any, networks: list[Any], figures: dict[str, Path]) -> str:
    """The page of what a run has so far.

    Parameters
    ----------
    folder : RunFolder
    aligned : bolus.AlignedStudy
    networks : list of bolus.model.AttentionLSTM
        Empty where nothing was predicted.
    figures : dict of str to path
        Pictures of the preprocessing.
    """
    here = Path(__file__).parent
    prediction = json.loads(folder.path("prediction").read_text()) if folder.has("prediction") and networks else None
    rows = verdicts_of(folder)["verdicts"]
    viewer, data = _viewer(folder, aligned)
    done = [stage for stage in ("preprocess", "segment", "perfusion", "predict") if folder.record(stage)]
    parts = [_probability(folder, prediction, rows)] if prediction is not None else [
        '<section><p class="warning"><b>No prediction yet.</b> The run stopped after '
        f'{_e(done[-1] if done else "nothing")}.</p></section>'
    ]  # fmt: skip
    parts.append(viewer)
    if folder.has("curves"):
        parts.append(_curves(folder, prediction))
    if folder.has("regions"):
        parts.append(_perfusion(folder))
    parts.append(_quality(folder, rows, figures))
    if prediction is not None:
        parts.append(_model(prediction, networks))
    parts += [_limits(prediction), _notes(folder, prediction)]
    script = (here / "_page.js").read_text(encoding="utf-8") if data else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src '
        "'unsafe-inline'; script-src "
        '\'unsafe-inline\'"><link rel="icon" href="data:,">'
        "<title>IDH mutation from perfusion MRI: "
        f"{_e(folder.patient)}</title><style>{(here / '_page.css').read_text(encoding='utf-8')}</style>"
        f"</head><body><header><div><div><h1>IDH mutation from perfusion MRI</h1><p>Patient {_e(folder.patient)}</p></div>"
        f'<span class="pill">Research software, not a medical device</span></div></header><main>{"".join(parts)}'
        "<footer>Research software, not a medical device. Made with bolus; needs no network to be read.</footer></main>"
        f"{data}{'<script>' + script + '</script>' if script else ''}</body></html>\n"
    )
