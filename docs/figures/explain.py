"""The images of docs/explain.md: what networks attend to in the simulated cohort, and whether that can be trusted.

Run in any folder; prints the figures that the page quotes."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

import bolus
from bolus.plot import CohortAttentionDisplay, FaithfulnessDisplay, PatternProfileDisplay

IMAGES = Path(__file__).resolve().parents[1] / "images"

cohort = bolus.simulate.CohortSimulator(seed=0)()
windows = cohort.dataset()
split = bolus.evaluate.PatientSplit(training=395, validation=50, test=18)(windows.patients, windows.labels)
training, validation = windows.select(split.training), windows.select(split.validation)
segments = {patient.id: bolus.dsc.BolusSegments()(patient.curves) for patient in cohort.patients}

rows, axes = plt.subplots(2, 3, figsize=(11, 6.6), layout="constrained", width_ratios=(1, 1, 1.15))
for seed, ax_row in zip((0, 1), axes, strict=True):
    classifier = bolus.IDHClassifier(random_state=seed).fit(training, validation=validation)
    prediction = classifier.network_.predict(windows.curves)
    for measure in ("sum", "mean"):
        table = bolus.model.TemporalPatterns(measure=measure)(windows, prediction, segments)
        genotype = np.where(table.labels == 1, "mutant", "wildtype")
        print(seed, measure, bolus.evaluate.pattern_frequencies(table.patterns, genotype).counts.tolist())
    scores = classifier.predict_proba(validation.curves)[:, 1]
    print("validation AUC", bolus.evaluate.roc_auc(validation.labels, scores))
    result = bolus.model.AttentionFaithfulness()(classifier, validation)
    print(result.to_frame())
    FaithfulnessDisplay.from_result(result, axes=ax_row)
    ax_row[0].set_title(f"Training with seed {seed}: deletion", loc="left", fontsize="medium")
    if seed == 0:
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained", width_ratios=(1.2, 1))
        by_share = bolus.model.TemporalPatterns()(windows, prediction, segments)
        CohortAttentionDisplay.from_table(by_share, ax=left, title="463 simulated patients")
        frequencies = bolus.evaluate.pattern_frequencies(by_share.patterns, genotype)
        PatternProfileDisplay.from_frequencies(frequencies, ax=right)
        figure.savefig(IMAGES / "explain_cohort.png", dpi=110)
rows.savefig(IMAGES / "explain_faithfulness.png", dpi=110)
