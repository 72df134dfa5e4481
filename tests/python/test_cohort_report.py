"""The report of a cohort: every patient counted once, tables and figures as files, a whole page in a real browser; and every
option of the commands."""

import html.parser
import json
import re

import browser
import numpy as np
import pytest
from command_line import command, content
from small_studies import write_small_studies

import bolus
from bolus import io
from bolus.cohort import CohortReport, CohortResult, CohortStore
from bolus.cohort._store import StoreRow, write_store

pytest.importorskip("pyarrow", reason="the tables of a cohort need pyarrow: pip install 'bolus[cohort]'")


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    return write_small_studies(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="module")
def simulated():
    return bolus.simulate.CohortSimulator(patients=40, seed=2)()


@pytest.fixture(scope="module")
def reported(simulated, tmp_path_factory):
    """A store with everything a report shows: protocols that differ, flags, verdicts, exclusions, failures."""
    folder = tmp_path_factory.mktemp("reported") / "store"
    generator = np.random.default_rng(0)

    def rows():
        clinical = simulated.to_frame().set_index("patient")
        for k, one in enumerate(io.curves_of(simulated)):
            known = clinical.loc[one.patient]
            row = {
                "patient": one.patient, "label": one.label, "age": float(known.age), "sex": known.sex,
                "grade": int(known.grade),
                "protocol": known.protocol, "state": "done", "simulated": True, "exclusion": None, "reason": None,
            }  # fmt: skip
            shift = 2.0 * (known.protocol == "1.5T")
            perfusion = [
                {
                    "quantity": name,
                    "region": "WT",
                    "voxel_count": 9,
                    "valid_count": 9,
                    "median": float(generator.normal(shift + 3)),
                }
                for name in ("nrCBV", "K2", "PSR", "FWHM")
            ]
            qc = [{"stage": "perfusion", "kind": "flag", "code": "dsc.region.small", "message": "x"}] * (k % 2)
            qc.append({"stage": "bias", "kind": "verdict", "image": "t1", "verdict": "good", "message": ""})
            yield StoreRow(row, one.curves, perfusion, qc)
        for k in range(3):
            yield StoreRow({"patient": f"X{k}", "state": "excluded", "exclusion": "no IDH status"})
        reason = "the study has no DSC series; it has: cet1. Give one (dsc.nii.gz or DICOM)"
        yield StoreRow({"patient": "Y", "label": 1, "state": "failed", "reason": reason})

    write_store(folder, rows())
    return CohortStore(folder)


def test_the_report_counts_every_patient_once(reported, tmp_path):
    step = CohortReport(train=False)
    written = step(reported, tmp_path / "a")
    flow = written.tables["flow"]
    assert flow.patients[flow.step == "table"].item() == 44
    assert flow.patients[flow.step.isin(["excluded", "failed", "done"])].sum() == 44
    assert flow[flow.step == "failed"].what.item() == "the study has no DSC series"
    assert len(written.tables["exclusions"]) == 4
    label = reported.frame().set_index("patient").label
    table1 = written.tables["table1"].set_index("characteristic")
    assert int(table1.loc["patients", "mutant"]) == int((label == 1).sum()) - 1  # without the failed one
    assert table1.test.dropna().isin(["Welch's t", "chi-square", "Fisher's exact"]).all()
    age = reported.frame().dropna(subset=["age"])
    from scipy.stats import ttest_ind

    p = ttest_ind(age.age[age.label == 1], age.age[age.label == 0], equal_var=False).pvalue
    assert table1.loc["age (years)", "p"] == pytest.approx(p)
    assert written.tables["qc_flags"].patients.tolist() == [20]
    assert written.tables["protocols"].patients.sum() == 40
    change = written.tables["harmonisation"].set_index("quantity")
    assert (change.p_location_before < 0.05).all() and (change.p_location_after > 0.05).all()
    assert {"flow", "qc_flags", "harmonisation"} <= set(written.figures)
    for name in written.figures:
        assert (written.folder / "figures" / f"{name}.png").stat().st_size > 3000
        assert "<svg" in (written.folder / "figures" / f"{name}.svg").read_text()
    for name in written.tables:
        assert (written.folder / "tables" / f"{name}.csv").exists()
        assert r"\toprule" in (written.folder / "tables" / f"{name}.tex").read_text()
    page = written.html.read_text()
    assert "http://" not in page and "https://" not in page and "not a medical device" in page and "simulated" in page
    step(reported, tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")
    with pytest.raises(bolus.IoError, match="exists already"):
        step(reported, tmp_path / "a")
    assert "CohortReport(train=False" in repr(step) and "report.html" in repr(written)


def test_every_option_of_the_commands(studies, reported, tmp_path):
    shape = bolus.model.NetworkShape(channels=5)
    weights = bolus.model.random_network(shape, 1).weights
    network = bolus.model.AttentionLSTM(shape, weights, ["ET", "NET", "ED", "WT", "AIF"], steps=45, time_step=1.5)
    bolus.model.save_checkpoint(network, tmp_path / "net.safetensors")
    common = [
        "cohort",
        "run",
        studies / "cohort.csv",
        "-o",
        tmp_path / "out",
        "--spacing",
        4,
        "--threads",
        1,
        "--device",
        "cpu",
    ]
    said = command(*common, "--until", "segment", "--substitute-missing")
    assert "3 done, 1 failed, 1 excluded; 4 worked on now" in said and "contrast-enhanced T1" in said
    said = command(*common, "--weights", tmp_path / "net.safetensors", "--report", "--retry-failed")
    result = CohortResult.open(tmp_path / "out")
    assert result.store.frame().probability.notna().sum() == 3
    assert result.patient("P-0").report.exists()
    assert "other options (segmenter)" in command(*common, "--cascade", _cascade(tmp_path), code=1)
    said = command(*common, "--segmenter", tmp_path / "none.json", "--overwrite", code=1)
    assert "there is no network" in said
    assert "memory is -1" in command(*common, "--workers", 2, "--memory", -1, code=2)
    assert "choose one place" in command(*common, "--workers", 2, "--scheduler", "tcp://127.0.0.1:1", code=2)
    report = ["cohort", "report", reported.folder, "-o", tmp_path / "report"]
    said = command(*report, "--panel", "performance", "--folds", 2, "--replicates", 10, "--epochs", 1, "--windows", 2,
                   "--seed", 1, "--threads", 1, "--train", "--no-harmonise")  # fmt: skip
    assert "Report:" in said
    page = (tmp_path / "report" / "report.html").read_text()
    assert "Each protocol left out" in page and "Cross-validation" in page and "ComBat" not in page
    assert (tmp_path / "report" / "weights.safetensors").exists()
    assert (tmp_path / "report" / "tables" / "study_results.tex").exists()
    assert "exists already" in command(*report, "--no-train", code=1)
    command(*report, "--no-train", "--harmonise", "--overwrite")


def _cascade(folder):
    path = folder / "cascade.safetensors"
    if not path.exists():
        bolus.segment.save_cascade(bolus.segment.random_cascade(1), path)
    return path


@pytest.fixture(scope="module")
def whole(reported, tmp_path_factory):
    """Every part of the report, training and its figures too."""
    step = CohortReport(
        classifier=bolus.IDHClassifier(max_epochs=2, threads=1), folds=2, replicates=20, count=2, threads=1
    )
    return step(reported, tmp_path_factory.mktemp("whole") / "report")


class Page(html.parser.HTMLParser):
    """What an element would load, and the headings."""

    def __init__(self):
        super().__init__()
        self.links, self.tags, self.headings, self._in = [], [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [
            value for name, value in attributes if name in ("src", "href", "srcset", "data", "action", "poster")
        ]
        self._in = tag if tag in ("h1", "h2", "h3") else ""

    def handle_data(self, data):
        if self._in:
            self.headings.append(data)


def test_the_whole_report_is_one_page_and_a_folder_of_figures_and_tables(whole):
    text = whole.html.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert all(link.startswith(("data:", "#")) for link in page.links)
    assert not {"script", "iframe", "object", "embed", "base", "link"} & set(page.tags)
    assert not re.search(r"url\((?!#)|@import|https?://", text)
    assert whole.html.stat().st_size < 15e6
    places = [
        page.headings.index(title)
        for title in ("Patients", "Exclusions", "Table 1: patients by genotype", "Protocols", "Doubts", "Cross-validation",
                      "Each protocol left out", "Limits of this report")
    ]  # fmt: skip
    assert places == sorted(places)
    assert {"flow", "qc_flags", "harmonisation", "study_roc", "study_calibration"} <= set(whole.figures)
    for name in whole.figures:
        assert (whole.folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (whole.folder / "figures" / f"{name}.svg").read_text()
    assert page.tags.count("img") == len(whole.figures)
    for name, table in whole.tables.items():
        lines = (whole.folder / "tables" / f"{name}.csv").read_text().splitlines()
        assert len(lines) >= len(table) + 1
        assert r"\end{tabular}" in (whole.folder / "tables" / f"{name}.tex").read_text()


@browser.needed
def test_a_browser_draws_the_report_without_a_complaint_and_prints_it(whole, tmp_path):
    # A page that says what it sees: whether each picture was drawn, whether the text fits, what was loaded.
    check = (
        "<script>addEventListener('load', () => { const b = document.body.dataset;"
        "b.pictures = JSON.stringify([...document.images].map((i) => [i.complete, i.naturalWidth]));"
        "b.wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;"
        "b.loaded = performance.getEntriesByType('resource').filter((e) => !e.name.startsWith('data:')).length;"
        "b.ready = 'yes'; });</script>"
    )
    dom = browser.look_with(check, whole.html, tmp_path)
    assert 'data-ready="yes"' in dom
    pictures = json.loads(re.search(r'data-pictures="([^"]*)"', dom).group(1))
    assert len(pictures) == len(whole.figures) and all(complete and width > 300 for complete, width in pictures)
    assert 'data-wide="false"' in dom and 'data-loaded="0"' in dom
    _, text = browser.print_page(whole.html, tmp_path)
    if text is not None:
        for words in ("Table 1: patients by genotype", "Exclusions", "Cross-validation", "not a medical device"):
            assert words in text
