"""TRIPOD+AI and CLAIM, filled in as far as a run can know. Topics are in our own words: read the published lists beside them.

TRIPOD+AI: Collins et al., BMJ 2024;385:e078378. CLAIM: Mongan et al., Radiology: Artificial Intelligence 2020;2:e200029.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["claim", "tripod_ai"]

AUTHORS = "To be filled in by the authors."

# number, topic, key of the answer in `facts` (none: for the authors)
_TRIPOD_AI: tuple[tuple[str, str, str | None], ...] = (
    ("1", "Title names a prediction model, its population and its outcome", None),
    ("2", "Abstract by the abstract checklist", None),
    ("3a", "Clinical background and existing models", None),
    ("3b", "Target population, intended use and users", "intended_use"),
    ("3c", "Known inequalities in health between groups", None),
    ("4", "Objectives: developing, evaluating or both", "objective"),
    ("5a", "Where the data come from, and how well they represent the target", "data_source"),
    ("5b", "Dates of the data", None),
    ("6a", "Setting: centres, care", "setting"),
    ("6b", "Who could take part", None),
    ("6c", "Treatments received", None),
    ("7", "Preparation and quality checks of the data", "preprocessing"),
    ("8a", "Outcome, when and how it was determined", "outcome"),
    ("8b", "Who determined the outcome", None),
    ("8c", "Whether the outcome was determined blind", None),
    ("9a", "How predictors were chosen", "predictors"),
    ("9b", "Predictors, when and how they were measured", "predictors"),
    ("9c", "Who measured predictors that need judgement", None),
    ("10", "How the sample size came about", "sample_size"),
    ("11", "Missing data", "missing"),
    ("12a", "Which data served for what", "partition"),
    ("12b", "How predictors entered the model", "preprocessing"),
    ("12c", "Kind of model, how it was built, tuned and internally validated", "model"),
    ("12d", "Differences between clusters such as centres", "clusters"),
    ("12e", "Measures of performance", "metrics"),
    ("12f", "Changes to the model after evaluation", "updating"),
    ("12g", "How predictions are computed for the evaluation", "prediction"),
    ("13", "What was done about class imbalance", "imbalance"),
    ("14", "What was done for fairness", "fairness"),
    ("15", "What the model puts out, and thresholds", "threshold"),
    ("16", "Differences between the data for development and evaluation", "partition"),
    ("17", "Ethical approval and consent", None),
    ("18a", "Funding", None),
    ("18b", "Conflicts of interest", None),
    ("18c", "Protocol", None),
    ("18d", "Registration", None),
    ("18e", "Where data can be had", None),
    ("18f", "Where code can be had", "code"),
    ("19", "Part taken by patients and the public", None),
    ("20a", "Flow of patients", "flow"),
    ("20b", "Characteristics of the patients", "characteristics"),
    ("20c", "Development and evaluation data compared", "characteristics_by_part"),
    ("21", "Patients and events in each analysis", "events"),
    ("22", "The model in full", "weights"),
    ("23a", "Performance with intervals, also in subgroups", "performance"),
    ("23b", "Differences of performance between clusters", "subgroups"),
    ("24", "Results of an updated model", "updating"),
    ("25", "Interpretation, fairness included", None),
    ("26", "Limitations", "limitations"),
    ("27a", "Poor or missing input at the time of use", "bad_input"),
    ("27b", "What users must do and know", None),
    ("27c", "Next steps", None),
)

_CLAIM: tuple[tuple[str, str, str | None], ...] = (
    ("1", "Title or abstract names the AI method", None),
    ("2", "Structured summary", None),
    ("3", "Background and clinical role", "intended_use"),
    ("4", "Aims and hypotheses", "objective"),
    ("5", "Prospective or retrospective", None),
    ("6", "Goal of the study", "objective"),
    ("7", "Sources of data", "data_source"),
    ("8", "Who was included and excluded", None),
    ("9", "Preprocessing", "preprocessing"),
    ("10", "Parts of the data that were used", "windows"),
    ("11", "Definitions of the data items", "predictors"),
    ("12", "De-identification", "deidentification"),
    ("13", "Missing data", "missing"),
    ("14", "Reference standard", "outcome"),
    ("15", "Why this reference standard", None),
    ("16", "Who annotated, and how qualified", None),
    ("17", "Tools of annotation", None),
    ("18", "Variation within and between annotators", None),
    ("19", "Intended sample size", "sample_size"),
    ("20", "Division into parts", "partition"),
    ("21", "Level at which the parts are disjoint", "level"),
    ("22", "Model: input, layers, output", "model"),
    ("23", "Software and versions", "software"),
    ("24", "How weights were initialised", "initialisation"),
    ("25", "Training in detail", "training"),
    ("26", "How the final model was chosen", "selection"),
    ("27", "Ensembles", "ensemble"),
    ("28", "Measures of performance", "metrics"),
    ("29", "Significance and uncertainty", "uncertainty"),
    ("30", "Robustness and sensitivity", "robustness"),
    ("31", "Explanation of the model", "explanation"),
    ("32", "External data", "external"),
    ("33", "Flow of patients", "flow"),
    ("34", "Characteristics in each part", "characteristics_by_part"),
    ("35", "Performance in every part", "performance"),
    ("36", "Diagnostic accuracy and its precision", "performance"),
    ("37", "Cases that were missed", "failures"),
    ("38", "Limitations", "limitations"),
    ("39", "What it means for practice", None),
    ("40", "Registration", None),
    ("41", "Where the protocol is", None),
    ("42", "Funding and role of the funders", None),
)


def _filled(items: tuple[tuple[str, str, str | None], ...], facts: dict[str, str] | None) -> pd.DataFrame:
    rows = []
    for number, topic, key in items:
        answer = (facts or {}).get(key or "", "")
        rows.append({"item": number, "topic": topic, "answer": answer or AUTHORS, "filled": bool(answer)})
    return pd.DataFrame(rows)


def tripod_ai(facts: dict[str, str] | None = None) -> pd.DataFrame:
    """The 27 items of TRIPOD+AI with their parts: item, topic, answer, and whether the run could fill it.

    Parameters
    ----------
    facts : dict of str, optional
        Answers by key; ``StudyResult.facts`` gives those of a run. Without, all is left to the authors.
    """
    return _filled(_TRIPOD_AI, facts)


def claim(facts: dict[str, str] | None = None) -> pd.DataFrame:
    """The 42 items of CLAIM (2020): item, topic, answer, and whether the run could fill it.

    Parameters
    ----------
    facts : dict of str, optional
        As in `tripod_ai`.
    """
    return _filled(_CLAIM, facts)


def facts_of(result: Any) -> dict[str, str]:
    """What a run knows, in sentences."""
    study, tables = result.study, result.tables
    data, table, options = study.data, study.table, result.classifier_options
    mutant = int(table.idh_mutant.sum())
    dataset = data.dataset
    ran = set(result.panels)
    parts = {name: len(set(part.patients)) for name, part in study.part.items()}
    flags = sorted({flag.code for flag in study.flags})
    facts = {
        "objective": "Development of a classifier of the IDH genotype with internal validation; the study of Choi et al. 2019 "
        "run again.",
        "intended_use": "Research only; not a medical device. " + AUTHORS,
        "data_source": "Simulated patients with the demographics of Choi et al. 2019: they represent no population."
        if data.simulated
        else "",
        "setting": "None: simulated." if data.simulated else "",
        "deidentification": "Simulated: there is nobody to identify." if data.simulated else "",
        "preprocessing": "Curves were z-normalised over the series and cut into sliding windows; they enter the network as "
        f"they are. Channels: {', '.join(dataset.channel_names) or dataset.curves.shape[1]}."
        if data.curves is not None
        else f"Given as windows. Channels: {', '.join(dataset.channel_names) or dataset.curves.shape[1]}.",
        "windows": f"{len(dataset)} windows of {dataset.curves.shape[2]} steps"
        + (f" of {dataset.time_step:g} s" if dataset.time_step else "")
        + f", {len(dataset) / len(table):.3g} per patient.",
        "outcome": "IDH mutation, as the clinical table or the labels of the samples give it."
        + (" Simulated." if data.simulated else " How it was determined: to be filled in by the authors."),
        "predictors": "Signal curves of a DSC perfusion series"
        + (f" ({', '.join(dataset.channel_names)})" if dataset.channel_names else "")
        + ", chosen after Choi et al. 2019; for comparison age, mean rCBV and enhancement where the clinical table has them.",
        "sample_size": f"{len(table)} patients, {mutant} IDH-mutant; no calculation was made by the run.",
        "missing": "No value was imputed. "
        + (" ".join(f"{note[0].upper()}{note[1:]}." for note in data.notes) or "Nothing that was used was missing.")
        + (f" Panels left out: {', '.join(study.left_out)}." if study.left_out else ""),
        "clusters": _clusters(study),
        "updating": "The model was not changed after the evaluation.",
        "prediction": "By the saved weights: probability of each window, and their mean for the patient.",
        "imbalance": f"{mutant} of {len(table)} patients are mutant. Class weights in the loss: {options.get('class_weights')}"
        "; probabilities are not recalibrated, and the calibration table shows what that does.",
        "fairness": "Performance is given by sex and by age where known; no adjustment was made."
        if {"sex", "age"} & set(table.columns)
        else "Neither sex nor age is known: fairness could not be looked at.",
        "threshold": f"The probability of a mutation; a case is called mutant at {study.threshold:g} or more. "
        "This was fixed before the run; any other threshold was chosen on the validation part, none on the test part.",
        "code": f"bolus {result.software['bolus']}; weights and provenance are saved with the report.",
        "level": "The patient: all windows of a patient are in one part and one fold.",
        "software": ", ".join(f"{name} {version}" for name, version in result.software.items()) + ".",
        "initialisation": "At random, uniform as PyTorch's layers; nothing was pretrained. "
        f"Seed {study.classifier.random_state}.",
        "training": "Options: " + ", ".join(f"{name}={value}" for name, value in options.items()) + ".",
        "model": _model(study, options),
        "external": "None.",
        "limitations": " ".join(result.limits),
        "bad_input": "NaN, constant curves and other shapes are refused with an error; doubtful input carries flags."
        + (f" Flags of this run: {', '.join(flags)}." if flags else ""),
        "robustness": f"{study.folds} folds; subgroups. Other seeds: see the benchmark of the library; not part of this run."
        if "cross-validation" in ran
        else "",
        "ensemble": "None: every figure is that of a single network.",
    }
    if parts:
        shared = ", ".join(f"{name} {count}" for name, count in parts.items())
        facts["partition"] = (
            f"Patients at random, stratified by genotype (seed {study.seed}): {shared}"
            + (f"; and {study.folds} folds over all patients" if "cross-validation" in ran else "")
            + ". Development and evaluation data come from the same source."
        )
        facts["flow"] = (
            f"{len(table)} patients came in; {shared}. Exclusions before that: to be filled in by the authors."
        )
        facts["selection"] = "Weights of the epoch with the best validation result; the test part took no part in it."
        facts["events"] = "; ".join(
            f"{name}: {count} patients, {len(set(_mutants(study.part[name])))} mutant" for name, count in parts.items()
        )
        facts["weights"] = "weights.safetensors, with the architecture; a documented PyTorch module loads it."
    if "results" in tables:
        facts["metrics"] = (
            "AUC, accuracy, sensitivity, specificity, per window as in the paper and per patient; predictive values, F1, Brier "
            "score; calibration curve and decision curve."
        )
        facts["uncertainty"] = (
            f"95 % intervals by a bootstrap of {study.replicates} replicates that draws patients with all their windows, "
            "stratified by genotype; models are compared by DeLong's test and a bootstrap over patients."
        )
        facts["performance"] = " ".join(
            f"{row.analysis} ({row.level}): AUC {row.auc:.3f} ({row.auc_low:.3f}-{row.auc_high:.3f})."
            for row in tables["results"].itertuples()
        )
    if "subgroups" in tables:
        rows = tables["subgroups"].dropna(subset=["auc"])
        facts["subgroups"] = " ".join(f"{row.subgroup}: AUC {row.auc:.3f}." for row in rows.itertuples())
    if "patients" in tables:
        facts["characteristics"] = "Table 1 (patients.csv)."
    if "parts" in tables:
        facts["characteristics_by_part"] = "Table 'parts' (parts.csv)."
    if "failures" in tables:
        wrong = tables["failures"]
        facts["failures"] = (
            f"{len(wrong)} of {len(table)} patients on the wrong side of the threshold out of fold "
            f"({int(wrong.idh_mutant.sum())} mutant): table 'failures' (failures.csv)."
        )
    if "faithfulness" in result.texts:
        facts["explanation"] = "Attention over time. " + result.texts["faithfulness"]
    elif "patterns" in tables:
        facts["explanation"] = "Attention over time and its temporal patterns; whether it is faithful was not examined."
    return {key: text for key, text in facts.items() if text}


def _mutants(part: Any) -> list[str]:
    """Mutant patients among the samples of a part."""
    return [str(patient) for patient, label in zip(part.patients, part.labels, strict=True) if label]


def _clusters(study: Any) -> str:
    known = [name for name in ("field_strength", "protocol") if name in study.table]
    if not known:
        return "Field strength and protocol are not known; centres to be filled in by the authors."
    return f"Subgroups by {' and '.join(name.replace('_', ' ') for name in known)}."


def _model(study: Any, options: dict[str, Any]) -> str:
    shape = study.classifier.network_.shape if hasattr(study.classifier, "network_") else None
    text = (
        f"1-D convolution ({options['convolution_channels']} channels, kernel {options['kernel_size']}), bidirectional LSTM "
        f"({options['hidden_size']} states per direction), attention over time, one feed-forward layer, sigmoid (Choi et al. "
        f"2019). {study.folds}-fold cross-validation by patient; hyper-parameters were not tuned by the run."
    )
    return text + (f" Input channels: {shape.channels}." if shape else "")
