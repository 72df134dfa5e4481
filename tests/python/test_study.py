"""The study in one call: its tables against the clinical table, scipy and scikit-learn, and what it does with bad input."""

import json

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from command_line import command
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_auc_score

import bolus
from bolus.study import PANELS, claim, reproduce, tripod_ai


@pytest.fixture(scope="module")
def cohort():
    return bolus.simulate.CohortSimulator(patients=90, seed=2)()


@pytest.fixture(scope="module")
def quick():
    return bolus.IDHClassifier(max_epochs=6, learning_rate=0.01)


@pytest.fixture(scope="module")
def result(cohort, quick):
    return reproduce(cohort, classifier=quick, replicates=200, seed=3, threads=1)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def own_cohort(cohort):
    """The same patients as somebody's own: a data set and a table."""
    return cohort.dataset(), cohort.to_frame().rename(columns={"idh_mutant": "idh"})


def test_the_parts_are_those_of_the_paper_in_proportion_and_disjoint(result):
    parts = result.tables["parts"].set_index("part").patients
    assert parts.to_dict() == {"training": 77, "validation": 10, "test": 3}
    patients = [set(part.patients) for part in result.study.part.values()]
    assert not (patients[0] & patients[1] or patients[0] & patients[2] or patients[1] & patients[2])
    predictions = result.tables["predictions"]
    assert predictions.patient.is_unique
    assert len(predictions) == 90
    for model, fold in zip(result.study.cross_validation.models, range(5), strict=True):
        assert model.network.simulated
        assert (predictions.fold == fold + 1).sum() == 18


def test_table_1_and_tests_are_those_of_the_clinical_table(result, cohort):
    table = cohort.to_frame()
    rows = result.tables["patients"].set_index("group")
    chosen = table[(table.grade == 3) & table.idh_mutant]
    assert rows.loc["grade III, IDH-mutant", "n"] == len(chosen)
    assert rows.loc["grade III, IDH-mutant", "age_mean"] == pytest.approx(chosen.age.mean())
    assert rows.loc["all", "paper_n"] == 463
    tests = result.tables["tests"].set_index("question")
    wildtype, mutant = table.age[~table.idh_mutant], table.age[table.idh_mutant]
    assert tests.p["age, wildtype or mutant"] == pytest.approx(stats.ttest_ind(wildtype, mutant).pvalue, rel=1e-8)
    assert tests.p_robust["age, wildtype or mutant"] == pytest.approx(
        stats.ttest_ind(wildtype, mutant, equal_var=False).pvalue, rel=1e-8
    )
    cells = pd.crosstab(table.idh_mutant, table.grade == 4)
    expected = stats.chi2_contingency(cells, correction=False)
    assert tests.p["IDH mutation, grade II-III or IV"] == pytest.approx(expected.pvalue, rel=1e-8)
    assert tests.p_robust["IDH mutation, grade II-III or IV"] == pytest.approx(
        stats.fisher_exact(cells).pvalue, rel=1e-8
    )
    grades = [table.mean_rcbv[table.grade == k] for k in (2, 3, 4)]
    assert tests.p["rCBV, grades"] == pytest.approx(stats.f_oneway(*grades).pvalue, rel=1e-8)
    assert tests.paper["field strength, wildtype or mutant"] == ".053"


def test_figures_of_performance_are_scikit_learns(result):
    rows = result.to_frame()
    dataset, score = result.study.data.dataset, result.study.scores["out of fold"]
    row = rows[(rows.analysis == "cross-validation") & (rows.level == "samples")].iloc[0]
    assert row.auc == pytest.approx(roc_auc_score(dataset.labels, score), abs=1e-12)
    assert row.accuracy == pytest.approx(((score >= 0.5) == dataset.labels).mean(), abs=1e-12)
    predictions = result.tables["predictions"]
    patients = rows[(rows.analysis == "cross-validation") & (rows.level == "patients")].iloc[0]
    assert patients.n == 90
    assert patients.auc == pytest.approx(roc_auc_score(predictions.idh_mutant, predictions.probability), abs=1e-12)
    assert patients.auc_low <= patients.auc <= patients.auc_high
    summary = result.tables["calibration_summary"].iloc[0]
    assert summary.brier == pytest.approx(brier_score_loss(predictions.idh_mutant, predictions.probability), abs=1e-12)
    failures = result.tables["failures"]
    assert len(failures) == ((predictions.probability >= 0.5) != predictions.idh_mutant).sum()


def test_the_threshold_of_the_test_part_comes_from_the_validation_part(result):
    rows = result.to_frame()
    row = rows[rows.rule == "Youden on validation"].iloc[0]
    labels, scores = result.scores_of("validation", "samples")
    assert row.analysis == "test"
    assert row.threshold == bolus.evaluate.youden_threshold(labels, scores)


def test_logistic_regression_is_out_of_fold_and_compared_on_patients(result):
    from sklearn.linear_model import LogisticRegression

    predictions = result.tables["predictions"]
    x, y = predictions[["age", "mean_rcbv"]].to_numpy(), predictions.idh_mutant.to_numpy()
    out = predictions.fold == 2
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x[~out], y[~out])
    np.testing.assert_allclose(predictions["age + rCBV"][out], peer.predict_proba(x[out])[:, 1], atol=1e-5)
    row = result.tables["differences"].set_index("second").loc["logistic, age + rCBV"]
    assert row.difference == pytest.approx(
        roc_auc_score(y, predictions.probability) - roc_auc_score(y, predictions["age + rCBV"]), abs=1e-12
    )
    assert 0 <= row.p_delong <= 1


def test_subgroups_and_their_interactions(result, cohort):
    table = cohort.to_frame()
    rows = result.tables["subgroups"].set_index("subgroup")
    assert rows.patients["grade IV"] == (table.grade == 4).sum()
    assert rows.mutant["3 T"] == (table.idh_mutant & (table.field_strength == 3)).sum()
    labels, scores = result.scores_of("grade II-III", "samples")
    assert rows.auc["grade II-III"] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    interactions = result.tables["interactions"]
    assert set(interactions.variable) >= {"grade", "field strength", "protocol", "sex"}
    assert (interactions.p_holm >= interactions.p - 1e-15).all()


def test_patterns_are_counted_by_genotype_and_grade(result):
    frame = result.tables["patterns"]
    everyone = frame[frame.patients == "all"]
    assert everyone["count"].sum() <= 90
    by_grade = frame[frame.patients != "all"].groupby(["group", "pattern"])["count"].sum()
    pd.testing.assert_series_equal(by_grade, everyone.groupby(["group", "pattern"])["count"].sum())
    assert "pattern" in result.tables["predictions"]


def test_every_figure_can_be_drawn(result):
    assert {"roc", "rcbv", "subgroups", "calibration", "patterns", "faithfulness"} <= set(result.figures)
    for name in result.figures:
        display = result.plot(name)
        assert len(display.axes_) >= 1
        assert len(display.axes_[0].get_children()) > 5
    with pytest.raises(bolus.OptionError, match="there is no figure nothing"):
        result.plot("nothing")


def test_saved_files_report_and_provenance(result, tmp_path):
    files = result.save(tmp_path / "study", figures=False)
    names = {path.name for path in files}
    assert names >= {"report.md", "report.html", "results.csv", "provenance.json", "weights.safetensors", "claim.csv"}
    assert names == {path.name for path in (tmp_path / "study").iterdir()}
    report = (tmp_path / "study" / "report.md").read_text()
    assert "not a medical device" in report
    assert "simulated" in report
    assert "Limits and bad results" in report
    html = (tmp_path / "study" / "report.html").read_text()
    assert "<table>" in html
    assert "not a medical device" in html
    record = json.loads((tmp_path / "study" / "provenance.json").read_text())
    assert record["simulated"] is True
    assert record["seed"] == 3
    assert record["options"]["classifier.max_epochs"] == "6"
    assert set(record["files"]) == names - {"provenance.json"}
    assert str(tmp_path) not in report
    before = {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()}
    with pytest.raises(bolus.IoError, match="exists already"):
        result.save(tmp_path / "study", figures=False)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()}
    result.save(tmp_path / "study", figures=False, overwrite=True)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()}
    assert "results" in repr(result)
    assert "medical device" in result._repr_html_()


def test_an_occupied_folder_is_refused_before_the_work(cohort, tmp_path):
    (tmp_path / "report.md").write_text("mine")
    with pytest.raises(bolus.IoError, match="exists already"):
        reproduce(cohort, output=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(bolus.IoError, match="it is a file"):
        reproduce(cohort, output=tmp_path / "file")


def test_checklists_have_every_item_and_answer_what_the_run_knows(result):
    items = tripod_ai()
    assert sorted({int("".join(filter(str.isdigit, item))) for item in items.item}) == list(range(1, 28))
    assert claim().item.astype(int).tolist() == list(range(1, 43))
    assert not items.filled.any()
    filled = result.tripod_ai.set_index("item")
    assert "patient" in result.claim.set_index("item").answer["21"]
    assert "seed 3" in filled.answer["12a"]
    assert "bootstrap" in result.claim.set_index("item").answer["29"]
    assert filled.answer["17"] == "To be filled in by the authors."
    assert bolus.__version__ in result.claim.set_index("item").answer["23"]
    assert filled.filled.mean() > 0.4


def test_the_same_numbers_from_own_data_on_two_threads(result, cohort, quick):
    dataset, table = own_cohort(cohort)
    own = reproduce(dataset, table.sample(frac=1, random_state=0), classifier=quick, replicates=200, seed=3, threads=2,
                    panels=("comparison", "patterns"))  # fmt: skip
    pd.testing.assert_frame_equal(own.to_frame(), result.to_frame())
    pd.testing.assert_frame_equal(own.tables["differences"], result.tables["differences"])
    assert "windows only" in own.left_out["patterns"]


def test_curves_and_a_csv_file_will_do(cohort, quick, tmp_path):
    _, table = own_cohort(cohort)
    path = tmp_path / "clinical.csv"
    table.rename(columns={"grade": "WHO_grade", "codeleted": "codeletion_1p19q"}).to_csv(path, index=False)
    curves = bolus.io.curves_of(cohort)
    found = reproduce(curves, path, classifier=quick, panels="cohort")
    assert found.tables["patients"].n.iloc[0] == 90
    assert "grade III, 1p/19q codeleted" in set(found.tables["patients"].group)


def test_a_table_that_cannot_be_read(cohort, tmp_path):
    dataset, _ = own_cohort(cohort)
    with pytest.raises(bolus.IoError, match=r"none\.csv"):
        reproduce(dataset, tmp_path / "none.csv")
    for name, content in (
        ("empty.csv", b""),
        ("latin.csv", b"patient,age\n\xff\xfe,3\n"),
        ("torn.csv", b'patient\n"a\nb,c,d'),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(bolus.FormatError, match=name):
            reproduce(dataset, tmp_path / name)


def test_missing_columns_leave_out_their_panels_and_say_so(cohort, quick):
    dataset, table = own_cohort(cohort)
    found = reproduce(dataset, table[["patient", "age"]], classifier=quick, replicates=50)
    assert "mean_rcbv" in found.left_out["rcbv"]
    assert "mean_rcbv" in found.left_out["logistic regression, age + rCBV"]
    assert {"comparison", "codeletion", "patterns"} <= set(found.left_out)
    assert "mean_rcbv" in found.report()
    assert set(found.tables["subgroups"].variable) == {"age"}
    assert np.isfinite(found.to_frame().auc).all()


def test_unknown_values_of_some_patients_are_named(cohort, quick):
    dataset, table = own_cohort(cohort)
    table.loc[3, "mean_rcbv"] = np.nan
    found = reproduce(dataset, table, classifier=quick, panels="cohort")
    assert any(table.patient[3] in note for note in found.study.data.notes)
    assert found.tables["tests"].set_index("question").n["rCBV, wildtype or mutant"] == 89


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d, t: (d, pd.concat([t, t.iloc[[4]]])), "more than once: sim-0005"),
        (lambda d, t: (d, t[t.patient != "sim-0007"]), "no row in the clinical table: sim-0007"),
        (lambda d, t: (d, t.drop(columns="patient")), "no column 'patient'"),
        (lambda d, t: (d, t.assign(age=["old"] + list(t.age[1:]))), "age of patient sim-0001 is 'old'"),
        (lambda d, t: (d, t.assign(idh=~t.idh)), "disagree about the genotype of sim-0001"),
        (lambda d, t: (d, t.assign(idh="maybe")), "expected wildtype or mutant"),
        (lambda d, t: (d.select(np.flatnonzero(d.labels == 0).tolist()), t), "all .* patients are IDH-wildtype"),
        (lambda d, t: (d.select(np.flatnonzero(d.patients == "sim-0002").tolist()), t), "one patient only, sim-0002"),
        (lambda d, t: (d.select([0, *range(len(d))]), t), "more than once"),
        (lambda d, t: (bolus.Dataset(d.curves), t), "does not say which samples belong to one patient"),
        (
            lambda d, t: (
                bolus.Dataset(d.curves, labels=[1 - d.labels[0], *d.labels[1:]], patients=list(d.patients)),
                t,
            ),
            "both labels",
        ),
        (
            lambda d, t: (bolus.Dataset(d.curves, patients=list(d.patients)), t.drop(columns="idh")),
            "neither the samples have labels",
        ),
    ],
)
def test_patients_that_do_not_fit_are_named(cohort, change, says):
    dataset, table = change(*own_cohort(cohort))
    with pytest.raises(bolus.DataError, match=says):
        reproduce(dataset, table)


def test_labels_may_come_from_the_clinical_table(cohort, quick):
    dataset, table = own_cohort(cohort)
    bare = bolus.Dataset(dataset.curves, patients=list(dataset.patients))
    found = reproduce(bare, table, classifier=quick, panels="cohort")
    assert found.study.data.labels.sum() == table.idh.sum()


def test_options_that_cannot_be(cohort):
    dataset, _ = own_cohort(cohort)
    with pytest.raises(bolus.OptionError, match="give clinical="):
        reproduce(dataset)
    with pytest.raises(bolus.OptionError, match="there is no panel tables"):
        reproduce(cohort, panels=["tables"])
    with pytest.raises(bolus.OptionError, match="expected a simulated cohort"):
        reproduce(3)
    with pytest.raises(bolus.OptionError, match="ask for fewer folds"):
        reproduce(cohort, folds=40)


def test_a_small_cohort_gives_what_it_can(quick):
    few = bolus.simulate.CohortSimulator(patients=20, seed=0)()  # 5 mutants
    found = reproduce(few, classifier=quick, folds=2, replicates=50)
    assert "too few" in found.left_out["codeletion"]
    assert any("too few for a firm figure" in line for line in found.limits)
    assert len(found.tables["predictions"]) == 20
    with pytest.raises(bolus.OptionError, match="more patients are needed"):
        reproduce(bolus.simulate.CohortSimulator(patients=12, seed=0)(), classifier=quick, folds=2)


def test_a_study_can_be_stopped(cohort, quick):
    with pytest.raises(bolus.Cancelled):
        reproduce(cohort, classifier=quick, progress=lambda stage, done, total: False)


def test_panels_are_named(result):
    assert set(result.panels) == set(PANELS)


def test_the_command_line_runs_it_on_files(cohort, tmp_path):
    bolus.io.write_curves(tmp_path / "curves.csv", bolus.io.curves_of(cohort))
    cohort.to_frame().drop(columns="mean_rcbv").to_csv(tmp_path / "clinical.csv", index=False)
    words = ["study", str(tmp_path / "curves.csv"), "-c", str(tmp_path / "clinical.csv"), "-o", str(tmp_path / "out"),
               "--epochs", "2", "--replicates", "50"]  # fmt: skip
    assert "Left out: rcbv" in command(*words)
    assert (tmp_path / "out" / "report.html").exists()
    assert (tmp_path / "out" / "subgroups.png").read_bytes()[:4] == b"\x89PNG"
    assert "exists already" in command(*words, code=1)
