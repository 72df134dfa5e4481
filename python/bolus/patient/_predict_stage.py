"""From curves to probability, attention, temporal pattern and probability map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from bolus import DataError, Image, QcFlag, dsc, evaluate, io, pipeline
from bolus.model import AttentionLSTM
from bolus.patient._case import Case
from bolus.patient._hashes import options_text
from bolus.patient._models import network_key, validation_of
from bolus.patient._perfusion_stage import images_on_series

__all__ = ["PredictStage"]


class PredictStage:
    name = "predict"

    def __init__(self, case: Case):
        self._case = case

    def own(self) -> Any:
        options = self._case.options
        return [
            [network_key(network) for network in options.networks],
            options_text(options.make_windows),
            options_text(options.probability_map),
        ]

    def upstream(self) -> Any:
        folder = self._case.folder
        curves = [file["sha256"] for file in folder.index["files"] if file["name"] == "curves"]
        return [self._case.key_of("preprocess"), (folder.record("segment") or {}).get("labels_dsc"), curves]

    def work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        case, options = self._case, self._case.options
        networks = options.networks
        signals = io.read_curves(case.folder.path("curves"))[0].curves
        step = pipeline.PredictStudy(make_windows=options.make_windows, threads=options.threads)
        predictions = [step.from_curves(signals, network, case.patient, case.progress) for network in networks]
        flags = list({(flag.code, flag.message): flag for one in predictions for flag in one.flags}.values())
        text, doubts = _prediction(predictions, networks, dsc.BolusSegments()(signals))
        flags += [flag for flag in doubts if flag not in flags]
        path = staging / "prediction.json"
        path.write_text(json.dumps(text, indent=1) + "\n")
        files = {"prediction": path}
        images = images_on_series(case)
        try:
            # Of the first network: of an ensemble one member is enough to see where.
            found = options.probability_map(
                images.perfusion, images.labels, signals, networks[0], progress=case.progress
            )
        except DataError as reason:
            flags.append(QcFlag("patient.probability_map.none", f"no probability map: {reason}"))
        else:
            for name, image in (("probability", found.probability), ("spread", found.standard_deviation)):
                values = np.asfortranarray(np.nan_to_num(image.array))
                io.write_image(staging / f"{name}.nii.gz", Image(values, image.affine))
            files |= {"probability": staging / "probability.nii.gz", "probability_spread": staging / "spread.nii.gz"}
            codes = {flag.code for flag in flags}
            flags += [flag for flag in found.flags if flag.code not in codes]
        facts = {
            "probability": text["probability_idh_mutant"],
            "simulated": bool(text["provenance"]["simulated"]),
        }
        return {**facts, "flags": flags}, files


def _prediction(
    predictions: list[Any], networks: list[AttentionLSTM], segments: Any
) -> tuple[dict[str, Any], list[QcFlag]]:
    """One prediction as JSON; of several networks their mean, each, and how far they disagree. And what to doubt."""
    text: dict[str, Any] = json.loads(predictions[0].to_json())
    probabilities = [float(prediction.probability) for prediction in predictions]
    windows = np.mean([prediction.windows.probability for prediction in predictions], axis=0)
    text["probability_idh_mutant"] = float(np.mean(probabilities))
    text["window_probabilities"] = [float(value) for value in windows]
    text["window_standard_deviation"] = float(np.std(windows))
    attention = np.mean([prediction.attention.attention for prediction in predictions], axis=0)
    if len(predictions) > 1:
        text["member_probabilities"] = probabilities
        text["member_standard_deviation"] = float(np.std(probabilities, ddof=1))
        text["attention"]["weight"] = [float(value) for value in attention]
    # As TemporalPatterns has it, for the attention that is shown.
    names = ("baseline", "downslope", "upslope", "plateau")
    edges, times = list(segments.edges), np.asarray(segments.times)
    shares = {name: np.nan if segments.missing(name) else 0.0 for name in names}
    for second, weight in zip(text["attention"]["time_s"], attention, strict=True):
        shares[segments.at_time(second)] += float(weight)
    doubts = list(segments.flags)
    pattern = evaluate.temporal_pattern([shares[name] for name in names])
    doubts += pattern.flags
    text["segments"] = {
        name: {"first_s": float(times[first]), "last_s": float(times[last - 1]), "attention_share": shares[name]}
        for name, first, last in zip(names, edges[:-1], edges[1:], strict=True)
        if last > first
    }
    text["temporal_pattern"] = int(pattern.number)
    text["model"] = {
        "channels": list(networks[0].channel_names),
        "steps": int(networks[0].steps),
        "time_step_s": float(networks[0].time_step),
        "classes": list(networks[0].classes),
        "simulated": bool(any(network.simulated for network in networks)),
        "validation": validation_of(networks[0]),
    }
    return text, doubts
