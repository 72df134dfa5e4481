"""The parts of the study, in order. Each takes the study so far and adds its tables, or says why it is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bolus import ConvergenceError, DataError, Dataset, evaluate
from bolus.evaluate import Bootstrap, LogisticRegression, MeasurePerformance, PatientSplit
from bolus.model import CrossValidation
from bolus.study._data import StudyData
from bolus.study.published import COHORT, PUBLISHED, PUBLISHED_PATTERNS, PUBLISHED_RCBV, PUBLISHED_TESTS

__all__ = ["PANELS", "Study"]

#: The paper's split, in patients.
SPLIT = {"training": 395, "validation": 50, "test": 18}

#: Rates that get an interval, and their columns.
METRICS = {
    "accuracy": "accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "positive_predictive_value": "ppv",
    "negative_predictive_value": "npv",
    "f1": "f1",
    "brier": "brier",
}

Progress = Callable[[str, int, int], Any] | None


@dataclass
class Study:
    """A study under way: what it was given, and what the panels have found so far."""

    data: StudyData
    classifier: Any
    seed: int = 0
    threads: int = 0
    folds: int = 5
    replicates: int = 1000
    threshold: float = 0.5
    progress: Progress = None
    split: dict[str, list[int]] = field(default_factory=dict)  # samples of each part
    part: dict[str, Dataset] = field(default_factory=dict)
    scores: dict[str, np.ndarray] = field(default_factory=dict)  # of the samples of each part
    cross_validation: Any = None
    patients: pd.DataFrame | None = None  # out-of-fold probability of each patient
    performance: dict[tuple[str, str], Any] = field(default_factory=dict)  # by analysis and level
    rows: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)  # the same with all intervals
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    flags: list[Any] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)  # further results, for the figures

    @property
    def table(self) -> pd.DataFrame:
        return self.data.clinical

    def leave_out(self, panel: str, why: str) -> None:
        self.left_out[panel] = why

    def judge(
        self, name: str, level: str, labels: Any, scores: Any, patients: Any = None, threshold: float | None = None
    ):
        """Adds an analysis: rates at the threshold and areas, each with its bootstrap interval over patients."""
        threshold = self.threshold if threshold is None else threshold
        options = {"replicates": self.replicates, "seed": self.seed, "threads": self.threads}
        patients = None if patients is None else list(patients)
        found = MeasurePerformance(threshold, Bootstrap(**options))(labels, scores, patients=patients)
        row = found.to_dict()
        for metric, short in METRICS.items():
            try:
                rate = Bootstrap(metric=metric, threshold=threshold, **options)(labels, scores, patients=patients)
            except DataError:  # e.g. no case was called positive: there is no predictive value
                continue
            row |= {short: rate.estimate, f"{short}_low": rate.low, f"{short}_high": rate.high}
        self.performance[name, level], self.rows[name, level] = found, row
        return row

    def remark(self, sentence: str) -> None:
        """A result that a reader must not miss, for the report's limits."""
        remarks = self.found.setdefault("remarks", [])
        if sentence not in remarks:
            remarks.append(sentence)

    def needs(self, panel: str, *columns: str) -> bool:
        """Whether the clinical table has these columns; if not, the panel is left out and says so."""
        if self.data.has(*columns):
            return True
        absent = [c for c in columns if c not in self.table or self.table[c].isna().any()]
        self.leave_out(panel, f"the clinical table does not give {' and '.join(absent)} of every patient")
        return False


def cohort(study: Study) -> None:
    """Table 1, mean rCBV by genotype and grade, and the paper's tests of both."""
    table, data = study.table, study.data
    masks = {"all": pd.Series(True, table.index)}
    masks |= {value: table.sex == value for value in ("male", "female")} if "sex" in table else {}
    genotype = {"IDH-wildtype": ~table.idh_mutant, "IDH-mutant": table.idh_mutant}
    grades = {"grade II": 2, "grade III": 3, "grade IV": 4}
    if "grade" in table:
        masks |= {
            f"{g}, {name}": (table.grade == k) & mask for g, k in grades.items() for name, mask in genotype.items()
        }
        if "codeleted" in table:
            deleted = table.codeleted.fillna(False).astype(bool)
            known = {"1p/19q codeleted": deleted, "not codeleted": ~deleted & table.codeleted.notna()}
            masks |= {
                f"{g}, {name}": (table.grade == k) & mask for g, k in grades.items() for name, mask in known.items()
            }
    else:
        masks |= genotype
    rows = []
    for name, mask in masks.items():
        row = {"group": name, "n": int(mask.sum()), "share": float(mask.mean())}
        if "age" in table:
            row |= {"age_mean": table.age[mask].mean(), "age_sd": table.age[mask].std()}
        paper = COHORT.get(name, (None, None, None))
        rows.append(row | dict(zip(("paper_n", "paper_age_mean", "paper_age_sd"), paper, strict=True)))
    study.tables["patients"] = pd.DataFrame(rows)
    if data.has("mean_rcbv"):
        study.tables["rcbv"] = _rcbv(study, genotype)
    else:
        study.leave_out("rcbv", "the clinical table does not give mean_rcbv of every patient")
    _tests(study)


def _rcbv(study: Study, genotype: dict[str, pd.Series]) -> pd.DataFrame:
    table, rows = study.table, []
    masks = dict(genotype)
    if study.data.has("grade"):
        for grade, among in (("grade II-III", table.grade < 4), ("grade IV", table.grade == 4)):
            masks |= {f"{grade}, {name}": mask & among for name, mask in genotype.items()}
    for name, mask in masks.items():
        values = table.mean_rcbv[mask]
        mean, deviation, limits = PUBLISHED_RCBV[name]
        rows.append(
            {"group": name, "n": len(values), "mean": values.mean(), "sd": values.std(), "low": values.min(),
             "high": values.max(), "paper_mean": mean, "paper_sd": deviation,
             "paper_low": limits[0] if limits else None, "paper_high": limits[1] if limits else None}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _tests(study: Study) -> None:
    """Tests of the demographics, as the paper has them, beside one that needs less (Welch, Fisher)."""
    table, rows = study.table, []
    mutant = table.idh_mutant.to_numpy()

    def add(question: str, test: str, n: int, result: Any, df: Any, robust: float | None) -> None:
        paper = PUBLISHED_TESTS.get(question, "")
        rows.append({"question": question, "test": test, "n": n, "statistic": result.statistic, "df": df,
                     "p": result.p_value, "p_robust": robust, "paper": paper})  # fmt: skip

    def means(question: str, values: pd.Series, first: np.ndarray, among: np.ndarray | None = None) -> None:
        use = values.notna().to_numpy() & (among if among is not None else True)
        a, b = values[use & first].to_numpy(float), values[use & ~first].to_numpy(float)
        if min(len(a), len(b)) < 2:
            study.leave_out(question, f"a group has {min(len(a), len(b))} patients")
            return
        found = evaluate.student_test(a, b)
        add(question, "Student", len(a) + len(b), found, found.degrees_of_freedom, evaluate.welch_test(a, b).p_value)

    def counts(question: str, columns: pd.Series, rows_by: np.ndarray) -> None:
        use = columns.notna().to_numpy()
        cells = pd.crosstab(rows_by[use], columns[use])
        if min(cells.shape) < 2:
            study.leave_out(question, "there is one group only")
            return
        found = evaluate.chi_square_test(cells.to_numpy())
        try:
            exact = evaluate.fisher_exact_test(cells.to_numpy()).p_value
        except DataError:  # too many tables to count
            exact = None
        add(question, "chi-square", int(use.sum()), found, found.degrees_of_freedom, exact)

    def grades(question: str, values: pd.Series) -> None:
        use = values.notna() & table.grade.notna()
        parts = [values[use & (table.grade == k)].to_numpy(float) for k in sorted(table.grade[use].unique())]
        if len(parts) > 1 and min(map(len, parts)) > 1:
            found = evaluate.one_way_anova(parts)
            add(
                question,
                "one-way ANOVA",
                int(use.sum()),
                found,
                f"{found.degrees_between}, {found.degrees_within}",
                None,
            )

    if "age" in table:
        if "sex" in table:
            means("age, male or female", table.age.where(table.sex.notna()), (table.sex == "male").to_numpy(bool))
        means("age, wildtype or mutant", table.age, ~mutant)
        if "grade" in table:
            grades("age, grades", table.age)
    if "grade" in table:
        level = table.grade.map(lambda grade: None if pd.isna(grade) else "IV" if grade == 4 else "II-III")
        counts("IDH mutation, grade II-III or IV", level, mutant)
    for name, question in (
        ("sex", "sex, wildtype or mutant"),
        ("field_strength", "field strength, wildtype or mutant"),
        ("protocol", "protocol, wildtype or mutant"),
    ):
        if name in table:
            counts(question, table[name], mutant)
    if "mean_rcbv" in table:
        means("rCBV, wildtype or mutant", table.mean_rcbv, ~mutant)
        if "grade" in table:
            for name, among in (("grade II-III", table.grade < 4), ("grade IV", table.grade == 4)):
                means(f"rCBV, wildtype or mutant, {name}", table.mean_rcbv, ~mutant, among.to_numpy(bool))
            grades("rCBV, grades", table.mean_rcbv)
    if rows:
        study.tables["tests"] = pd.DataFrame(rows)


def few_to_train(smaller: int, folds: int) -> bool:
    """Whether patients of the smaller class are too few: with a fold held out, one has to train, one to stop it."""
    return smaller < folds or smaller - -(-smaller // folds) < 2


def train(study: Study) -> None:
    """Split by patient in the paper's proportions, 2 patients at least; train with early stopping on the validation part."""
    dataset, total = study.data.dataset, sum(SPLIT.values())
    count = len(study.table)
    validation, test = (max(2, round(count * SPLIT[name] / total)) for name in ("validation", "test"))
    step = PatientSplit(training=count - validation - test, validation=validation, test=test, seed=study.seed)
    indices = step(list(dataset.patients), dataset.labels)
    study.split = {name: list(getattr(indices, name)) for name in SPLIT}
    study.part = {name: dataset.select(rows) for name, rows in study.split.items()}
    study.classifier.fit(study.part["training"], validation=study.part["validation"], progress=study.progress)
    study.flags += list(study.classifier.flags_)
    for name in SPLIT:
        prediction = study.classifier.network_.predict(study.part[name].curves, threads=study.threads)
        study.scores[name] = np.asarray(prediction.probability)
    part_of = pd.Series("", study.table.index)
    for name, part in study.part.items():
        part_of[study.table.patient.isin(part.patients)] = name
    study.tables["parts"] = _parts(study.table, part_of)
    if len(study.classifier.history_):
        study.tables["history"] = study.classifier.history_.to_frame()


def _parts(table: pd.DataFrame, part_of: pd.Series) -> pd.DataFrame:
    """Characteristics of the patients in each part."""
    rows = []
    for name in SPLIT:
        part = table[part_of == name]
        row = {"part": name, "patients": len(part), "mutant": int(part.idh_mutant.sum())}
        if "age" in part:
            row |= {"age_mean": part.age.mean(), "age_sd": part.age.std()}
        if "sex" in part:
            row["male"] = int((part.sex == "male").sum())
        if "grade" in part:
            row["grade_iv"] = int((part.grade == 4).sum())
        if "mean_rcbv" in part:
            row |= {"rcbv_mean": part.mean_rcbv.mean(), "rcbv_sd": part.mean_rcbv.std()}
        rows.append(row)
    return pd.DataFrame(rows)


def cross_validate(study: Study) -> None:
    """Predict every patient by a network that never saw that patient."""
    dataset = study.data.dataset
    step = CrossValidation(folds=study.folds, seed=study.seed, threads=study.threads)
    study.cross_validation = step(study.classifier, dataset, progress=study.progress)
    for model in study.cross_validation.models:
        study.flags += list(model.flags)
    study.scores["out of fold"] = np.asarray(study.cross_validation.prediction.probability)
    rows = pd.DataFrame(
        {
            "patient": dataset.patients,
            "fold": np.asarray(study.cross_validation.fold) + 1,
            "probability": study.scores["out of fold"],
        }
    ).groupby("patient", sort=False)
    patients = rows.agg(fold=("fold", "first"), probability=("probability", "mean"), spread=("probability", "std"))
    patients = study.table.merge(patients.reset_index(), on="patient")
    part_of = {patient: name for name, part in study.part.items() for patient in part.patients}
    patients.insert(1, "part", patients.patient.map(part_of))
    study.patients = patients
    study.tables["predictions"] = patients
    study.tables["folds"] = pd.DataFrame(
        {
            "fold": k,
            "patients": int((patients.fold == k).sum()),
            "mutant": int(patients.idh_mutant[patients.fold == k].sum()),
            "best_epoch": study.cross_validation.models[k - 1].history.best_epoch + 1,
            "auc": float(area),
        }
        for k, area in enumerate(study.cross_validation.auc, start=1)
    )
    if study.data.curves is None:
        study.leave_out("attention", "whole curves are needed to draw it over them; a Dataset has windows only")
    else:
        study.tables["attention"] = _attention_table(study)


def _attention_table(study: Study) -> pd.DataFrame:
    """Attention over the seconds of the series, mean of each genotype."""
    from bolus.model import attention_course

    dataset = study.data.dataset
    names, weights = np.asarray(dataset.patients), np.asarray(study.cross_validation.prediction.attention)
    frames = []
    for patient, mutant in zip(study.table.patient, study.table.idh_mutant, strict=True):
        rows = np.flatnonzero(names == patient)
        course = attention_course(dataset.select(list(rows)), weights[rows])
        frames.append(pd.DataFrame({"time": course.times, "attention": course.attention, "mutant": bool(mutant)}))
    frame = pd.concat(frames).groupby(["time", "mutant"]).attention.mean().unstack()
    return frame.rename(columns={False: "wildtype", True: "mutant"}).rename_axis(columns=None).reset_index()


def judge(study: Study) -> None:
    """Validation, test and out-of-fold figures per sample, as the paper has them, and per patient."""
    dataset = study.data.dataset
    for name in ("validation", "test"):
        _judge(study, name, study.part[name], study.scores[name])
    _judge(study, "cross-validation", dataset, study.scores["out of fold"])
    folds = evaluate.cross_validated_auc(
        dataset.labels,
        study.scores["out of fold"],
        np.asarray(study.cross_validation.fold, dtype=int),
        list(dataset.patients),
    )
    study.flags += list(folds.flags)
    for flag in folds.flags:
        if flag.code == "evaluate.folds.shifted":
            study.remark(f"Pooling the folds costs area: {flag.message}")
    frame = _results(study, ("validation", "test", "cross-validation"))
    frame.insert(2, "rule", "fixed")
    if ("validation", "samples") in study.performance and ("test", "samples") in study.performance:
        try:
            frame = pd.concat([frame, pd.DataFrame([_youden(study)])], ignore_index=True)
        except DataError as error:
            study.leave_out("threshold by Youden", str(error))
    study.tables["results"] = frame
    for row in frame[frame["rule"] == "fixed"].itertuples():
        for rate in ("auc", "accuracy", "sensitivity", "specificity"):
            own, paper = getattr(row, rate), getattr(row, f"paper_{rate}")
            if own < paper and getattr(row, f"{rate}_high") < paper:
                study.remark(
                    f"{row.analysis}, {row.level}: {'AUC' if rate == 'auc' else rate} {own:.3f} "
                    f"({getattr(row, f'{rate}_low'):.3f}-{getattr(row, f'{rate}_high'):.3f}), below the paper's {paper:.3f}."
                )
    rows = []
    for (name, level), performance in study.performance.items():
        counts, shares = performance.confusion.counts(), performance.confusion.normalised()
        rows += [
            {"analysis": name, "level": level, "true": true, "predicted": predicted, "count": int(counts[i, j]),
             "share": shares[i, j]}
            for i, true in enumerate(("wildtype", "mutant"))
            for j, predicted in enumerate(("wildtype", "mutant"))
        ]  # fmt: skip
    study.tables["confusion"] = pd.DataFrame(rows)
    wrong = study.patients[(study.patients.probability >= study.threshold) != study.patients.idh_mutant]
    off = (wrong.probability - study.threshold).abs().sort_values(ascending=False)
    study.tables["failures"] = wrong.loc[off.index].reset_index(drop=True)


def _youden(study: Study) -> dict[str, Any]:
    """The test part at a threshold chosen on the validation part; the library refuses a part that shares patients with it."""
    part, test = study.part["validation"], study.part["test"]
    point = evaluate.OperatingPoint.youden(part.labels, study.scores["validation"], patients=list(part.patients))
    area = {key: study.rows["test", "samples"][key] for key in ("auc", "auc_low", "auc_high")}  # of any threshold
    matrix = point(test.labels, study.scores["test"], patients=list(test.patients))
    return {
        "analysis": "test", "level": "samples", "rule": "Youden on validation", "n": len(test), "threshold": point.threshold,
        "accuracy": matrix.accuracy(), "sensitivity": matrix.sensitivity(), "specificity": matrix.specificity(), **area,
    }  # fmt: skip


def _judge(study: Study, name: str, dataset: Dataset, scores: np.ndarray) -> None:
    """Adds one analysis on both levels; leaves out a part without both classes, and says so."""
    labels, patients = np.asarray(dataset.labels), np.asarray(dataset.patients)
    if len(np.unique(labels)) < 2:
        study.leave_out(name, f"its {len(set(patients))} patients are all of one genotype")
        return
    study.judge(name, "samples", labels, scores, patients)
    per_patient = pd.DataFrame({"patient": patients, "label": labels, "score": scores}).groupby("patient", sort=False)
    per_patient = per_patient.agg(label=("label", "first"), score=("score", "mean"))
    study.judge(name, "patients", per_patient.label.to_numpy(), per_patient.score.to_numpy())


def _results(study: Study, names: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    for (name, level), row in study.rows.items():
        if name in names:
            rows.append({"analysis": name, "level": level, **row, **_published(name, level)})
    return pd.DataFrame(rows)


def _published(name: str, level: str) -> dict[str, float]:
    """The paper's figures as shares; it judges samples."""
    row = PUBLISHED.get(name, {}) if level == "samples" else {}
    low, high = row.get("interval", (np.nan, np.nan))
    rates = {f"paper_{rate}": row.get(rate, np.nan) / 100 for rate in ("accuracy", "sensitivity", "specificity")}
    return {**rates, "paper_auc": row.get("auc", np.nan), "paper_auc_low": low, "paper_auc_high": high}


def groups(study: Study) -> dict[str, dict[str, np.ndarray]]:
    """Subgroups that the clinical table allows: by variable, the patients (as a mask) of each level."""
    table, result = study.table, {}
    if "grade" in table and table.grade.notna().any():
        low, high = table.grade < 4, table.grade == 4
        result["grade"] = {"grade II-III": low, "grade IV": high}
    if "field_strength" in table:
        result["field strength"] = {
            f"{v:g} T": table.field_strength == v for v in sorted(table.field_strength.dropna().unique())
        }
    if "protocol" in table:
        result["protocol"] = {f"protocol {v}": table.protocol == v for v in sorted(table.protocol.dropna().unique())}
    if "sex" in table:
        result["sex"] = {v: table.sex == v for v in ("male", "female")}
    if "age" in table and table.age.notna().any():
        result["age"] = {"below 50 years": table.age < 50, "50 years and above": table.age >= 50}
    return {
        variable: {level: mask.fillna(False).to_numpy(dtype=bool) for level, mask in levels.items()}
        for variable, levels in result.items()
    }


def subgroups(study: Study) -> None:
    """Out-of-fold performance within subgroups."""
    dataset, scores, table = study.data.dataset, study.scores["out of fold"], study.table
    sample_patients = np.asarray(dataset.patients)
    rows = []
    variables = groups(study)
    if not variables:
        study.leave_out("subgroups", "the clinical table gives neither grade, field strength, protocol, sex nor age")
        return
    for variable, levels in variables.items():
        for level, mask in levels.items():
            chosen = np.isin(sample_patients, table.patient[mask])
            row = {"variable": variable, "subgroup": level, "patients": int(mask.sum()),
                   "mutant": int(table.idh_mutant[mask].sum())}  # fmt: skip
            if 0 < row["mutant"] < row["patients"]:
                row |= study.judge(level, "samples", dataset.labels[chosen], scores[chosen], sample_patients[chosen])
            else:
                row["note"] = "one genotype only: no ROC curve"
            rows.append(row | _published(level, "samples"))
    study.tables["subgroups"] = pd.DataFrame(rows)


def regression(study: Study) -> None:
    """Logistic regression on age and rCBV, and on age and enhancement, each patient predicted out of fold, beside the model."""
    columns = {"age + rCBV": ["age", "mean_rcbv"], "age + enhancement": ["age", "enhancement"]}
    frames, found = [], False
    for name, inputs in columns.items():
        title = f"logistic regression, {name}"
        if not study.needs(title, *inputs):
            continue
        x = study.table[inputs].to_numpy(dtype=float)
        if constant := [column for column in inputs if study.table[column].nunique() < 2]:
            study.leave_out(title, f"{constant[0]} is the same for all patients")
            continue
        y, fold = study.data.labels, study.patients.fold.to_numpy()
        try:
            terms = _logistic(study, title, x, y, inputs).to_frame()
            probability = np.empty(len(y))
            for held_out in np.unique(fold):
                fit = _logistic(study, title, x[fold != held_out], y[fold != held_out], inputs)
                probability[fold == held_out] = fit.predict_probability(x[fold == held_out])
        except (ConvergenceError, DataError) as error:
            study.leave_out(title, str(error))
            continue
        found = True
        study.patients[name] = probability
        study.judge(title, "patients", y, probability)
        frames.append(terms.assign(model=name))
    if not found:
        study.leave_out("regression", "the clinical table has neither age + rCBV nor age + enhancement")
        return
    study.tables["regression"] = pd.concat(frames, ignore_index=True)


def _logistic(study: Study, title: str, x: np.ndarray, y: np.ndarray, names: list[str]) -> Any:
    """Maximum likelihood; Firth's where the genotypes are separated and there is none."""
    try:
        return LogisticRegression().fit(x, y, names)
    except ConvergenceError:
        study.remark(
            f"{title}: the columns separate the genotypes in a part of the data; Firth's penalised fit stands in there."
        )
        return LogisticRegression(penalty="firth", max_iterations=1000).fit(x, y, names)


def compare(study: Study) -> None:
    """Model against each regression, paired, per patient: DeLong, and a bootstrap over patients."""
    others = [name for name in ("age + rCBV", "age + enhancement") if name in study.patients]
    if not others:
        study.leave_out("comparison", "there is no logistic regression to compare with")
        return
    titles = tuple(f"logistic regression, {name}" for name in others)
    study.tables["comparison"] = _results(study, ("cross-validation", *titles)).query("level == 'patients'")
    y, model = study.data.labels, study.patients.probability.to_numpy()
    rows = []
    for name in others:
        row: dict[str, Any] = {"first": "attention-LSTM", "second": f"logistic, {name}"}
        for method in ("delong", "bootstrap"):
            step = evaluate.CompareAuc(
                method=method, replicates=study.replicates, seed=study.seed, threads=study.threads
            )
            found = step(y, model, study.patients[name].to_numpy())
            if method == "delong":
                row |= {"first_auc": found.first_auc, "second_auc": found.second_auc, "difference": found.difference,
                        "low": found.low, "high": found.high, "z": found.statistic}  # fmt: skip
            row[f"p_{method}"] = found.p_value
            study.flags += list(found.flags)
        rows.append(row | {"paper": PUBLISHED_TESTS.get(f"AUC, model or {name}", "")})
    study.tables["differences"] = pd.DataFrame(rows)
    for row in rows:
        if row["p_delong"] >= 0.05 or row["difference"] <= 0:
            study.remark(
                f"The model is not shown to be better than {row['second']}: difference of the AUCs {row['difference']:.3f}, "
                f"P = {row['p_delong']:.3f}."
            )


def interactions(study: Study) -> None:
    """Whether the area differs between the subgroups of a variable, per patient; P adjusted by Holm for the variables."""
    table, rows = study.patients, []
    y, score = table.idh_mutant.to_numpy().astype(int), table.probability.to_numpy()
    for variable, levels in groups(study).items():
        name = np.full(len(table), "", dtype=object)
        for level, mask in levels.items():
            name[mask] = level
        known = name != ""
        if len(set(name[known])) < 2:
            continue
        try:
            found = evaluate.CompareSubgroups(threads=study.threads)(y[known], score[known], list(name[known]))
        except DataError as error:
            study.leave_out(f"interaction, {variable}", str(error))
            continue
        study.flags += list(found.flags)
        if not found.degrees_of_freedom:
            study.leave_out(f"interaction, {variable}", "fewer than two subgroups have an area with a variance")
            continue
        areas = "; ".join(f"{g.name} {g.auc.estimate:.3f} ({g.auc.low:.3f}-{g.auc.high:.3f})" for g in found.groups)
        paper = PUBLISHED_TESTS["AUC, grade II-III or IV"] if variable == "grade" else ""
        rows.append({"variable": variable, "auc": areas, "chi_square": found.statistic,
                     "df": int(found.degrees_of_freedom), "p": found.p_value, "paper": paper})  # fmt: skip
    if not rows:
        study.leave_out("interactions", "no variable has two subgroups with both genotypes")
        return
    frame = pd.DataFrame(rows)
    frame.insert(5, "p_holm", evaluate.holm(frame.p.to_numpy()))
    study.tables["interactions"] = frame
    for row in frame[frame.p_holm < 0.05].itertuples():
        study.remark(f"The AUC differs by {row.variable}: {row.auc}; P = {row.p_holm:.3f} after Holm.")


def calibration(study: Study) -> None:
    """Whether probabilities are frequencies, out of fold and per patient; and what deciding by them would bring."""
    y, score = study.data.labels, study.patients.probability.to_numpy()
    curve = evaluate.calibration_curve(y, score)
    study.found["calibration"] = curve
    study.tables["calibration"] = curve.to_frame()
    study.tables["decision"] = evaluate.decision_curve(y, score).to_frame()
    error, brier = curve.expected_error, evaluate.brier_score(y, score)
    line = evaluate.calibration_line(y, score)
    share = float(y.mean())
    study.tables["calibration_summary"] = pd.DataFrame(
        [
            {"brier": brier, "brier_of_the_share": share * (1 - share), "expected_calibration_error": error,
             "slope": line.slope, "slope_low": line.slope_low, "slope_high": line.slope_high,
             "mean_probability": float(score.mean()), "observed_share": share}
        ]
    )  # fmt: skip
    if abs(score.mean() - share) > 0.05 or error > 0.05 or not line.slope_low <= 1 <= line.slope_high:
        study.remark(
            f"Probabilities are not calibrated: their mean is {score.mean():.3f} where {share:.3f} of the patients are mutant, "
            f"expected calibration error {error:.3f}, calibration slope {line.slope:.2f} ({line.slope_low:.2f}-"
            f"{line.slope_high:.2f}; 1 is perfect). Calibrate before a probability is read as a chance."
        )


def codeletion(study: Study) -> None:
    """1p/19q codeletion among the IDH-mutant, by a network of its own, cross-validated."""
    from bolus import CodeletionClassifier

    table = study.table[study.table.idh_mutant]
    if "codeleted" not in table or table.codeleted.isna().all():
        study.leave_out("codeletion", "the clinical table does not give 1p/19q codeletion")
        return
    table = table[table.codeleted.notna()]
    deleted = table.codeleted.astype(bool)
    few = int(min(deleted.sum(), (~deleted).sum()))
    if few_to_train(few, study.folds):
        study.leave_out(
            "codeletion", f"{int(deleted.sum())} of {len(table)} mutants are codeleted: too few for {study.folds} folds"
        )
        return
    whole = study.data.dataset
    rows = np.flatnonzero(np.isin(np.asarray(whole.patients), table.patient))
    chosen = whole.select(list(rows))
    label = dict(zip(table.patient, deleted.astype(int), strict=True))
    labels = np.array([label[patient] for patient in chosen.patients])
    dataset = Dataset(
        np.asarray(chosen.curves), chosen.channel_names, list(labels), list(chosen.patients), list(chosen.start_times),
        chosen.time_step, chosen.simulated, list(chosen.lengths),
    )  # fmt: skip
    classifier = CodeletionClassifier(random_state=study.seed)
    classifier.set_params(max_epochs=min(classifier.max_epochs, study.classifier.max_epochs))
    step = CrossValidation(folds=study.folds, seed=study.seed, threads=study.threads)
    found = step(classifier, dataset, progress=study.progress)
    score = np.asarray(found.prediction.probability)
    _judge(study, "1p/19q codeletion", dataset, score)
    frame = _results(study, ("1p/19q codeletion",))
    study.tables["codeletion"] = frame.dropna(axis=1, how="all")
    study.found["codeletion"] = (labels, score)
    area = study.performance["1p/19q codeletion", "patients"].auc
    if area.low <= 0.5:
        study.remark(
            f"1p/19q codeletion was not predicted better than by chance: AUC {area.estimate:.3f} ({area.low:.3f}-"
            f"{area.high:.3f}) in {len(table)} mutants."
            + (
                " The default simulation gives it no effect on the curves."
                if study.data.simulated and area.high < 0.75
                else ""
            )
        )


def patterns(study: Study) -> None:
    """Which two segments of the passage get most attention, per patient; their frequencies by genotype and grade."""
    from bolus.dsc import BolusSegments
    from bolus.model import TemporalPatterns

    if study.data.curves is None:
        study.leave_out("patterns", "segments are cut from whole curves; a Dataset has windows only")
        return
    dataset = study.data.dataset
    absent = [name for name in study.table.patient if "WT" not in study.data.curves[name].names]
    if absent:
        study.leave_out("patterns", f"segments are cut by the whole tumour's curve WT, which {absent[0]} does not have")
        return
    segments = {name: BolusSegments()(study.data.curves[name]) for name in study.table.patient}
    found = TemporalPatterns()(dataset, study.cross_validation.prediction, segments)
    study.found["patterns"] = found
    study.flags += list(found.flags)
    number = dict(zip(found.patients, found.patterns, strict=True))
    numbers = [number[patient] for patient in study.table.patient]
    study.patients["pattern"] = [f"TP{k}" if k else "" for k in numbers]
    genotype = np.where(study.table.idh_mutant, "mutant", "wildtype")
    masks = {"all": np.ones(len(genotype), bool)} | groups(study).get("grade", {})
    tables, tests = [], []
    for name, mask in masks.items():
        if len(set(genotype[mask])) < 2:
            study.leave_out(f"patterns, {name}", "one genotype only")
            continue
        counts = evaluate.pattern_frequencies(np.array(numbers)[mask], list(genotype[mask]))
        study.found[f"patterns, {name}"] = counts
        tables.append(counts.to_frame().assign(patients=name))
        cells = np.asarray(counts.occurring())
        if min(cells.shape) > 1:
            chi = evaluate.chi_square_test(cells)
            exact = evaluate.FisherExactTest(method="monte_carlo", seed=study.seed, threads=study.threads)(cells)
            question = "temporal pattern, wildtype or mutant" + ("" if name == "all" else f", {name}")
            tests.append(
                {"question": question, "n": int(cells.sum()), "chi_square": chi.statistic, "df": chi.degrees_of_freedom,
                 "p": chi.p_value, "p_monte_carlo": exact.p_value, "paper": PUBLISHED_TESTS.get(question, "")}
            )  # fmt: skip
    frame = pd.concat(tables, ignore_index=True)
    paper = [
        PUBLISHED_PATTERNS.get(row.group, {}).get(row.pattern) if row.patients == "all" else None
        for row in frame.itertuples()
    ]
    frame["paper_share"] = [value[0] / value[1] if value else np.nan for value in paper]
    study.tables["patterns"] = frame
    if tests:
        study.tables["pattern_tests"] = pd.DataFrame(tests)
    everyone = frame[frame.patients == "all"]
    for group, published in (("wildtype", "TP6"), ("mutant", "TP1")):
        own = everyone[everyone.group == group]
        first = own.loc[own["count"].idxmax(), "pattern"]
        if first != published:
            study.remark(
                f"The most frequent temporal pattern of the {group} is {first}; the paper reports {published}."
            )


def faithfulness(study: Study) -> None:
    """Whether attention can be trusted as an explanation, on patients the network did not train on."""
    from bolus.model import AttentionFaithfulness

    dataset = study.data.dataset
    rows = study.split["validation"] + study.split["test"]
    step = AttentionFaithfulness(seed=study.seed, threads=study.threads, replicates=study.replicates)
    found = step(study.classifier.network_, dataset.select(rows), progress=study.progress)
    study.found["faithfulness"] = found
    study.flags += list(found.flags)
    study.tables["faithfulness"] = pd.DataFrame(
        [
            {"check": c.name, "value": c.value, "low": c.low, "high": c.high, "limit": c.limit, "outcome": c.outcome,
             "meaning": c.meaning}
            for c in found.checks
        ]
    )  # fmt: skip
    text = " ".join(found.report().split())
    study.found.setdefault("texts", {})["faithfulness"] = text
    if found.verdict != "faithful":
        study.remark(f"Attention should not be read as the reason for a prediction: the verdict is '{found.verdict}'.")


PANELS: dict[str, Callable[[Study], None]] = {
    "cohort": cohort,
    "training": train,
    "cross-validation": cross_validate,
    "performance": judge,
    "subgroups": subgroups,
    "interactions": interactions,
    "regression": regression,
    "comparison": compare,
    "calibration": calibration,
    "codeletion": codeletion,
    "patterns": patterns,
    "faithfulness": faithfulness,
}

#: What each panel builds on.
NEEDED: dict[str, tuple[str, ...]] = {
    "performance": ("training", "cross-validation"),
    "cross-validation": ("training",),
    "subgroups": ("performance",),
    "interactions": ("performance",),
    "regression": ("performance",),
    "comparison": ("regression",),
    "calibration": ("performance",),
    "patterns": ("cross-validation",),
    "faithfulness": ("training",),
}
