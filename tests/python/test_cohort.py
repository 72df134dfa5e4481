"""A cohort: its table, runs that are killed and go on, the store, harmonisation, protocols left out."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import command, content
from small_studies import PROGRAM, quick_steps, write_small_studies

import bolus
from bolus import io
from bolus.cohort import (
    CohortResult,
    CohortStore,
    ComBat,
    common_time_base,
    leave_one_protocol_out,
    read_table,
)
from bolus.cohort._table import name_of

pytest.importorskip("pyarrow", reason="the tables of a cohort need pyarrow: pip install 'bolus[cohort]'")


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    return write_small_studies(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="module")
def quick():
    return quick_steps()


@pytest.fixture(scope="module")
def undisturbed(studies, quick, tmp_path_factory):
    output = tmp_path_factory.mktemp("undisturbed") / "out"
    calls = []
    result = bolus.Cohort(studies / "cohort.csv", **quick).run(output, progress=lambda *call: calls.append(call))
    assert calls[0] == ("patients", 0, 4) and ("patients", 4, 4) in calls and calls[-1] == ("tables", 1, 1)
    return result


# The table.


def test_every_problem_of_the_table_is_said_at_once(studies, tmp_path):
    (tmp_path / "empty").mkdir()
    text = (
        "patient,label,folder,age\n"
        f"a,1,{studies / 'Mustermann_0'},40\n"
        f"a,0,{studies / 'Mustermann_1'},41\n"
        f"b,maybe,{studies / 'Mustermann_1'},42\n"
        "c,1,nowhere,43\n"
        "d,0,empty,44\n"
        f"e,1,{studies / 'Mustermann_1'},old\n"
        "f,1,,45\n"
    )
    (tmp_path / "cohort.csv").write_text(text)
    with pytest.raises(bolus.FormatError) as caught:
        bolus.Cohort(tmp_path / "cohort.csv")
    said = str(caught.value)
    for part in (
        "6 problem", "row 3: patient 'a' is already in row 2", "row 4: the label is 'maybe'", "row 5: there is no folder",
        "row 6: the folder of patient 'd' is no study", "row 7: age is 'old'", "row 8: the folder is missing",
    ):  # fmt: skip
        assert part in said, said
    assert "problem(s)" in command("cohort", "check", tmp_path / "cohort.csv", code=1)
    # A column that is missing keeps nothing else from being said.
    (tmp_path / "cohort.csv").write_text("patient,age,segmentation\na,old,\na,40,none.nii.gz\na,1\n")
    with pytest.raises(bolus.FormatError) as caught:
        read_table(tmp_path / "cohort.csv")
    for part in (
        "no column 'label' (or 'idh')", "no column 'folder'", "row 2: age is 'old'", "row 3: patient 'a' is already in row 2",
        "none.nii.gz; correct its name", "row 4: found 2 fields, expected 3", "look again (bolus cohort check)",
    ):  # fmt: skip
        assert part in str(caught.value), str(caught.value)
    (tmp_path / "cohort.csv").write_text("label,folder\n1,nowhere\n")
    with pytest.raises(bolus.FormatError, match="(?s)no column 'patient'.*row 2: there is no folder"):
        read_table(tmp_path / "cohort.csv")
    (tmp_path / "cohort.csv").write_text("")
    with pytest.raises(bolus.FormatError, match="is empty"):
        read_table(tmp_path / "cohort.csv")
    (tmp_path / "cohort.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(bolus.FormatError, match="UTF-8"):
        read_table(tmp_path / "cohort.csv")
    with pytest.raises(bolus.IoError, match="cannot read"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(bolus.OptionError, match="expected the path"):
        bolus.Cohort(7)
    all_out = pd.DataFrame({"patient": ["a"], "label": [1], "folder": [""], "exclusion": ["no DSC"]})
    with pytest.raises(bolus.FormatError, match="every patient is excluded"):
        read_table(all_out)


def test_a_table_is_read_from_a_file_or_a_frame(studies):
    patients = read_table(studies / "cohort.csv")
    assert [one.patient for one in patients] == ["P-0", "P-1", "P-2", "P-3", "P-9"]
    assert [one.label for one in patients] == [0, 1, 0, 1, None]
    assert patients[4].exclusion == "no IDH status" and patients[4].folder is None
    assert patients[1].other == {"protocol": "A", "kps": "71"} and patients[1].age == 41 and patients[1].sex == "M"
    frame = pd.read_csv(studies / "cohort.csv")
    frame["folder"] = [str(studies / name) if isinstance(name, str) else name for name in frame["folder"]]
    assert read_table(frame) == patients
    cohort = bolus.Cohort(frame)
    assert len(cohort) == 5 and "5 patients, 1 excluded, 2 of the others IDH-mutant" in repr(cohort)
    assert "P-0" in cohort._repr_html_() and list(cohort.to_frame()["kps"].dropna()) == ["70", "71", "72", "73"]
    assert "5 patients, 1 of them excluded" in command("cohort", "check", studies / "cohort.csv")
    # Names of files are of letters and digits, and never the same for two patients.
    assert name_of("P1") == "P1" and name_of("P-1") != name_of("P1") and name_of("P-1") != name_of("P_1")
    assert name_of("P-1").isalnum() and name_of("ä").isascii()


def test_options_that_cannot_be(studies, undisturbed, quick, tmp_path):
    table = studies / "cohort.csv"
    for options, says in (
        ({"until": "end"}, "until is 'end'"),
        ({"until": "predict"}, "no weights"),
        ({"cascade": "a", "segmenter": "b"}, "both a cascade"),
    ):
        with pytest.raises(bolus.OptionError, match=says):
            bolus.Cohort(table, **options)
    cohort = bolus.Cohort(table, **quick)
    for options, says in (
        ({"workers": 0}, "workers is 0"),
        ({"workers": 2, "scheduler": "tcp://x"}, "choose one place"),
        ({"workers": 2, "memory": -1}, "memory is -1"),
        ({"memory": 4}, "worker processes"),
        ({"executor": 7}, "executor is int"),
    ):
        with pytest.raises(bolus.OptionError, match=says):
            cohort.run(tmp_path / "out", **options)
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "thesis.doc").write_text("mine")
    with pytest.raises(bolus.IoError, match="not empty .thesis.doc"):
        cohort.run(tmp_path / "strange")
    with pytest.raises(bolus.IoError, match="other options .maps.*--overwrite"):
        bolus.Cohort(table, preprocess_step=quick["preprocess_step"]).run(undisturbed.folder)
    with pytest.raises(bolus.DataError, match="run it first"):
        CohortResult.open(tmp_path)
    with pytest.raises(bolus.Cancelled, match="0 of 4 patients; run again"):
        cohort.run(tmp_path / "stopped", progress=lambda *call: False)


# Runs.


def test_a_patient_that_fails_is_recorded_and_the_others_go_on(undisturbed):
    assert undisturbed.counts == {"done": 3, "failed": 1, "excluded": 1}
    failed = undisturbed.failed
    assert failed.patient.tolist() == ["P-2"] and failed.kind.tolist() == ["DataError"]
    assert "contrast-enhanced T1" in failed.reason[0]
    assert undisturbed.computed == 4 and "GB" in undisturbed.workers and undisturbed.memory > 1e7
    assert "3 done" in repr(undisturbed) and "P-2" in undisturbed._repr_html_()
    assert undisturbed.patient("P-1").curves.shape == (60, 6)
    with pytest.raises(bolus.DataError, match="no patient Q"):
        undisturbed.patient("Q")
    # Folders are named after patients often enough: their names are in no result.
    for name, data in content(undisturbed.folder).items():
        assert b"Mustermann" not in data and "Mustermann" not in name, name


def test_a_second_run_does_nothing_again(studies, quick, undisturbed):
    before = {name: path.stat().st_mtime_ns for name, path in _files(undisturbed.folder)}
    again = bolus.Cohort(studies / "cohort.csv", **quick).run(undisturbed.folder)
    assert again.computed == 0
    after = {name: path.stat().st_mtime_ns for name, path in _files(undisturbed.folder)}
    assert {name: time for name, time in after.items() if name != "cohort.json"} == {
        name: time for name, time in before.items() if name != "cohort.json"
    }


def _files(folder):
    return [
        (str(p.relative_to(folder)), p) for p in sorted(folder.rglob("*")) if p.is_file() and ".bolus" not in str(p)
    ]


def test_what_changed_is_done_again_and_nothing_else(studies, quick, undisturbed, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(studies, moved)
    output = tmp_path / "out"
    shutil.copytree(undisturbed.folder, output)
    cohort = bolus.Cohort(moved / "cohort.csv", **quick)
    assert cohort.run(output).computed == 0  # of the same bytes elsewhere
    # A study that was made whole is tried again; one whose results were removed is made again, with the same bytes.
    shutil.copy(moved / "Mustermann_0" / "labels.nii.gz", moved / "Mustermann_2" / "labels.nii.gz")
    name = name_of("P-1")
    removed = output / "patients" / name / f"sub-{name}" / "perf" / f"sub-{name}_desc-regions_timeseries.csv"
    data = removed.read_bytes()
    removed.unlink()
    again = cohort.run(output)
    assert again.computed == 2 and again.counts == {"done": 4, "excluded": 1}
    assert removed.read_bytes() == data
    # Other images of a patient who is finished are not taken for the same unasked.
    shutil.copy(moved / "Mustermann_1" / "dsc.nii.gz", moved / "Mustermann_0" / "dsc.nii.gz")
    again = bolus.Cohort(moved / "cohort.csv", **quick).run(output)
    assert again.failed.patient.tolist() == ["P-0"] and "other images" in again.failed.reason[0]
    assert bolus.Cohort(moved / "cohort.csv", **quick).run(output, overwrite=True).counts["done"] == 4


def test_failures_of_the_data_are_tried_again_only_when_asked(studies, quick, undisturbed):
    cohort = bolus.Cohort(studies / "cohort.csv", **quick)
    assert cohort.run(undisturbed.folder, retry_failed=True).computed == 1


def test_any_executor_gives_the_same_bytes(studies, quick, undisturbed, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        result = bolus.Cohort(studies / "cohort.csv", **quick).run(tmp_path / "out", executor=executor)
    assert "ThreadPoolExecutor" in result.workers
    assert content(tmp_path / "out") == content(undisturbed.folder)


def children_of(pid):
    """Worker processes, without the tracker of multiprocessing."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except (OSError, IndexError):
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers in /proc")
def test_kill_9_of_workers_and_of_the_run_changes_no_byte(studies, undisturbed, tmp_path):
    """A worker is killed, then the whole run; the same command then ends with the results of an undisturbed one."""
    script = tmp_path / "run.py"
    script.write_text(PROGRAM)
    output = tmp_path / "out"
    arguments = [sys.executable, str(script), str(studies / "cohort.csv"), str(output), "2"]
    killed = 0
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            workers = children_of(run.pid)
            if killed == 0 and workers:
                os.kill(workers[0], signal.SIGKILL)
                killed = 1
            elif killed == 1 and line.startswith("patients") and int(line.split()[1]) >= 1:
                run.kill()
                killed = 2
        run.wait()
    assert killed == 2
    end = time.monotonic() + 20
    while (
        left := [pid for pid in workers if Path(f"/proc/{pid}").exists() and _lives(pid)]
    ) and time.monotonic() < end:
        time.sleep(0.05)  # workers end with the run
    assert not left
    subprocess.run([*arguments[:-1], "1"], check=True, stdout=subprocess.DEVNULL)
    assert content(output) == content(undisturbed.folder)
    frame = CohortStore(output).frame()
    assert frame.patient.tolist() == ["P-0", "P-1", "P-2", "P-3", "P-9"]


def _lives(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_dask_gives_the_same_bytes(studies, quick, undisturbed, tmp_path):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster, set_as_default=False) as client:
        result = bolus.Cohort(studies / "cohort.csv", **quick).run(tmp_path / "one", executor=client)
        assert "Dask" in result.workers and result.computed == 4
    assert content(tmp_path / "one") == content(undisturbed.folder)


def test_no_scheduler_is_an_error_that_says_so():
    distributed = pytest.importorskip("distributed")
    from bolus.cohort._workers import _connect

    with pytest.raises(bolus.IoError, match="no Dask scheduler answers at tcp://127.0.0.1:1.*run again"):
        _connect(distributed.Client, "tcp://127.0.0.1:1", 0.0, lambda: None)


def test_a_full_disk_ends_the_run_with_what_to_do(studies, quick, undisturbed, tmp_path):
    """A limit on the size of files stands for the full disk: nothing half-written is left, and the next run goes on."""
    script = tmp_path / "full.py"
    script.write_text(
        "import sys, signal, resource, bolus\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "options = bolus.pipeline.WriteMaps().options\n"
        "options.quantities = ['rCBV', 'PH', 'PSR']\n"
        "cohort = bolus.Cohort(sys.argv[1], maps=bolus.pipeline.WriteMaps(options=options),\n"
        "                      preprocess_step=bolus.preprocess.Preprocess(correct_motion=False))\n"
        "try:\n    cohort.run(sys.argv[2])\n"
        "except bolus.IoError as error:\n    print(error)\n"
    )
    assert hasattr(resource, "RLIMIT_FSIZE")
    found = subprocess.run(
        [sys.executable, str(script), str(studies / "cohort.csv"), str(tmp_path / "out")],
        capture_output=True,
        text=True,
    )
    assert "free the disk" in found.stdout and "run again" in found.stdout, found.stdout + found.stderr
    bolus.Cohort(studies / "cohort.csv", **quick).run(tmp_path / "out")
    assert content(tmp_path / "out") == content(undisturbed.folder)


def test_one_run_at_a_time(studies, quick, undisturbed):
    from bolus.patient._lock import FolderLock

    with FolderLock(undisturbed.folder), pytest.raises(bolus.IoError, match="another run is writing"):
        bolus.Cohort(studies / "cohort.csv", **quick).run(undisturbed.folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_before_the_work(studies, quick, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(bolus.IoError, match="cannot"):
        bolus.Cohort(studies / "cohort.csv", **quick).run(tmp_path / "out")


# The store.


def test_the_tables_hold_what_the_patients_results_say(undisturbed):
    store = undisturbed.store
    assert len(store) == 5 and store.names == ["P-0", "P-1", "P-2", "P-3", "P-9"]
    patients = store.frame()
    assert patients.state.tolist() == ["done", "done", "failed", "done", "excluded"]
    assert patients.kps.dropna().tolist() == [70, 71, 72, 73] and patients.protocol.dropna().tolist() == [
        "A",
        "A",
        "B",
        "B",
    ]
    assert patients.set_index("patient").loc["P-0", "echo_time_s"] == 0.03
    one = undisturbed.patient("P-1")
    curves = store.where(["P-1"]).frame("curves")
    assert np.array_equal(
        curves[["ET", "NET", "ED", "WT", "AIF"]].to_numpy(), one.curves[["ET", "NET", "ED", "WT", "AIF"]].to_numpy()
    )
    regions = one.regions.query("map == 'PH' and region == 'ED'").iloc[0]
    assert store.quantities("mean").loc["P-1", "PH_ED"] == regions["mean"]
    assert store.quantities(regions=["ED"]).columns.tolist() == [
        name for name in store.quantities().columns if name.endswith("_ED")
    ]
    qc = store.frame("qc", ["patient", "kind", "code"])
    assert ("P-2", "failure", "DataError") in set(qc.itertuples(index=False, name=None))
    assert len(qc[(qc.patient == "P-1") & (qc.kind == "flag")]) == len(one.flags)
    for wrong, says in (("rows", "no table rows"), ("patients", "no column x")):
        with pytest.raises(bolus.OptionError, match=says):
            store.frame(wrong, ["x"])
    with pytest.raises(bolus.OptionError, match="statistic is"):
        store.quantities("mode")


@pytest.fixture(scope="module")
def simulated():
    return bolus.simulate.CohortSimulator(patients=40, seed=2)()


@pytest.fixture(scope="module")
def store(simulated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store") / "store"
    return CohortStore.from_curves(folder, iter(io.curves_of(simulated)), simulated.to_frame())


def test_samples_of_a_store_are_those_of_its_curves(simulated, store):
    import pyarrow.compute as pc

    direct = bolus.pipeline.MakeWindows(windows=bolus.dsc.SlidingWindows(count=8))(io.curves_of(simulated))
    dataset = store.dataset()
    assert np.array_equal(dataset.curves, direct.curves) and list(dataset.patients) == list(direct.patients)
    assert list(dataset.labels) == list(direct.labels) and dataset.simulated
    parts = list(store.batches(patients=16))
    assert [len(set(part.patients)) for part in parts] == [16, 16, 8]
    assert np.array_equal(np.concatenate([part.curves for part in parts]), direct.curves)
    few = store.dataset(count=2, length=20, channels=["WT"])
    assert few.curves.shape == (80, 1, 20)
    old = store.where(pc.field("age") > 60)
    frame = simulated.to_frame()
    assert old.names == frame.patient[frame.age > 60].tolist() and len(old.all_curves()) == len(old)
    assert set(old.frame("curves").patient) == set(old.names)
    assert "40 patients" in repr(store) and "40 patients" in store._repr_html_()
    assert store.to_frame().equals(store.frame("patients")) and store.curves.count_rows() == 40 * 60
    assert store.channels() == ["ET", "NET", "ED", "WT", "AIF"]
    extents = old.extents()
    assert extents.index.tolist() == old.names and (extents["count"] == 60).all() and (extents["last"] == 88.5).all()
    with pytest.raises(bolus.DataError, match="no patient Q"):
        store.where(["Q"])
    with pytest.raises(bolus.DataError, match="shortest series has"):
        store.dataset(length=100)
    with pytest.raises(bolus.OptionError, match="time_step is 'x'"):
        store.dataset(time_step="x")
    with pytest.raises(bolus.IoError, match="holds a store already"):
        CohortStore.from_curves(store.folder, [])


def test_polars_reads_a_store_lazily(store):
    polars = pytest.importorskip("polars")
    found = store.scan("patients").filter(polars.col("age") > 60).collect()
    frame = store.frame("patients")
    assert found["patient"].to_list() == frame.patient[frame.age > 60].tolist()


def test_a_store_that_is_not_whole_is_refused(store, tmp_path):
    copy = tmp_path / "store"
    shutil.copytree(store.folder, copy)
    index = json.loads((copy / "store.json").read_text())
    for text, kind, says in (
        ("{", bolus.FormatError, "damaged"),
        ("{}", bolus.FormatError, "no index"),
        (json.dumps({**index, "schema": 99}), bolus.FormatError, "later version"),
    ):
        (copy / "store.json").write_text(text)
        with pytest.raises(kind, match=says):
            CohortStore(copy)
    (copy / "store.json").unlink()
    with pytest.raises(bolus.IoError, match="no tables of a cohort"):
        CohortStore(copy)
    (copy / "store.json").write_text(json.dumps(index))
    rows = store.frame("curves")
    rows.sort_values("time_s").to_parquet(copy / "curves.parquet")
    with pytest.raises(bolus.FormatError, match="do not stand together; run the cohort again"):
        CohortStore(copy).dataset()
    (copy / "curves.parquet").write_bytes(b"PAR1")
    with pytest.raises(bolus.FormatError, match="cannot be read"):
        CohortStore(copy).frame("curves")


# Protocols.


def test_series_of_several_protocols_get_one_time_base(simulated, tmp_path):
    curves = io.curves_of(simulated)[:6]
    times = np.arange(45) * 2.0
    slow = [
        io.PatientCurves(one.patient, bolus.dsc.Resampling(time_step=2.0)(one.curves), one.label) for one in curves[3:]
    ]
    store = CohortStore.from_curves(tmp_path / "store", [*curves[:3], *slow])
    with pytest.raises(bolus.DataError, match="time_step='common'"):
        store.dataset()
    dataset = store.dataset(time_step="common")
    assert dataset.time_step == 2.0 and len(dataset) == 48
    common = common_time_base([*curves[:3], *slow])
    for one, before in zip(common, curves, strict=True):
        expected = bolus.dsc.Resampling(time_step=2.0)(before.curves)
        assert np.allclose(one.curves.times[:45], times) and np.array_equal(one.curves.values, expected.values)
    assert common_time_base([]) == []


def batches(generator, sizes=(14, 20, 11), quantities=9):
    """Values with a batch's shift and scale on them, an effect of age, and the truth without batches."""
    names = np.repeat(["A", "B", "C"], sizes)
    age = generator.normal(50, 12, len(names))
    truth = generator.normal(size=(len(names), quantities)) * np.linspace(0.5, 2, quantities) + 0.05 * age[:, None]
    shift = {name: generator.normal(0, 1.5, quantities) for name in "ABC"}
    scale = {name: generator.uniform(0.6, 1.8, quantities) for name in "ABC"}
    values = np.array([row * scale[b] + shift[b] for row, b in zip(truth, names, strict=True)])
    return pd.DataFrame(values, columns=[f"q{k}" for k in range(quantities)]), names, pd.DataFrame({"age": age})


def combat_by_definition(values, names, age):
    """Johnson 2007 written out quantity by quantity, patient by patient; least squares by statsmodels."""
    import statsmodels.api as sm

    y, levels = values.to_numpy(), sorted(set(names))
    design = np.column_stack([(names == level).astype(float) for level in levels] + [age.to_numpy()[:, 0]])
    z, sigma, fixed = np.empty_like(y), [], np.empty_like(y)
    for g in range(y.shape[1]):
        fit = sm.OLS(y[:, g], design).fit()
        grand = sum(np.sum(names == level) / len(y) * fit.params[k] for k, level in enumerate(levels))
        fixed[:, g] = grand + fit.params[-1] * age.to_numpy()[:, 0]
        sigma.append(np.sqrt(np.mean(fit.resid**2)))
        z[:, g] = (y[:, g] - fixed[:, g]) / sigma[g]
    out = np.empty_like(y)
    for level in levels:
        part = z[names == level]
        n, G = part.shape
        gamma, delta = part.mean(0), part.var(0, ddof=1)
        gamma_bar, tau2 = gamma.mean(), gamma.var(ddof=1)
        m, s2 = delta.mean(), delta.var(ddof=1)
        lam, theta = (m**2 + 2 * s2) / s2, (m**3 + m * s2) / s2
        for g in range(G):
            a, d = gamma[g], delta[g]
            for _ in range(100):
                a = (n * tau2 * gamma[g] + d * gamma_bar) / (n * tau2 + d)
                d = (theta + 0.5 * sum((v - a) ** 2 for v in part[:, g])) / (n / 2 + lam - 1)
            rows = names == level
            out[rows, g] = sigma[g] * (z[rows, g] - a) / np.sqrt(d) + fixed[rows, g]
    return out


def test_combat_is_that_of_johnson_written_out():
    values, names, age = batches(np.random.default_rng(1))
    found = ComBat().fit_transform(values, names, age)
    assert np.allclose(found, combat_by_definition(values, names, age), rtol=1e-8)


def test_combat_without_shrinkage_gives_every_batch_the_same_level_and_scale():
    values, names, _ = batches(np.random.default_rng(2))
    found = ComBat(empirical_bayes=False).fit_transform(values, names)
    groups = found.groupby(names)
    assert np.allclose(groups.mean(), groups.mean().iloc[0]) and np.allclose(groups.std(), groups.std().iloc[0])
    only_shift = ComBat(empirical_bayes=False, mean_only=True).fit_transform(values, names).groupby(names)
    assert np.allclose(only_shift.mean(), only_shift.mean().iloc[0])
    assert np.allclose(only_shift.std(), values.groupby(names).std())
    to_b = ComBat(reference="B").fit_transform(values, names)
    assert np.allclose(to_b[names == "B"], values[names == "B"])


def test_combat_learns_from_training_patients_and_applies_to_others():
    values, names, age = batches(np.random.default_rng(3), sizes=(60, 60, 60))
    training = np.arange(len(names)) % 2 == 0
    step = ComBat().fit(values[training], names[training], age[training])
    whole = step.transform(values, names, age)
    part = step.transform(values[~training], names[~training], age[~training])
    assert np.array_equal(whole[~training], part)  # each patient by himself
    before, after = (
        frame[~training].groupby(names[~training]).mean().std() / frame[~training].std() for frame in (values, whole)
    )
    assert after.mean() < 0.5 * before.mean()
    slope = np.polyfit(age[~training]["age"], part.mean(axis=1), 1)[0]
    assert slope == pytest.approx(0.05, abs=0.03)  # the effect of age stays
    stranger = np.where(names == "C", "D", names)
    with pytest.raises(bolus.DataError, match="'D' was not there in fit"):
        step.transform(values, stranger, age)
    own = ComBat(unknown="own").fit(values[names != "C"], names[names != "C"])
    found = own.transform(values, names)
    assert (found.groupby(names).mean().std() / found.std()).mean() < 0.35


def test_combat_tests_what_it_takes_for_granted():
    generator = np.random.default_rng(4)
    values, names, age = batches(generator, sizes=(40, 40, 5))
    values["q0"] = np.exp(3 * generator.normal(size=len(values)))
    age.loc[names == "A", "age"] += 40
    table = ComBat().fit(values, names, age).assumptions_.set_index(["test", "of"])
    assert table.loc[("size", "C"), "verdict"] == "doubtful" and table.loc[("size", "A"), "verdict"] == "good"
    assert table.loc[("normal", "q0"), "verdict"] == "doubtful" and table.loc[("normal", "q1"), "verdict"] == "good"
    assert table.loc[("balanced covariate", "age"), "verdict"] == "doubtful"
    assert table.loc[("location differs", "q1"), "p"] < 0.05 and ("prior of shifts", "A") in table.index


def test_combat_refuses_what_it_cannot_do():
    values, names, age = batches(np.random.default_rng(5))
    for frame, batch, covariates, options, says in (
        (values.mask(values > values.max().max() - 1e-9), names, None, {}, "missing or infinite"),
        (values, np.where(np.arange(len(names)) == 0, "D", names), None, {}, "fewer than 2 patients: 'D'"),
        (values, names, pd.DataFrame({"x": (names == "A") * 1.0}), {}, "cannot be told from batches"),
        (values.assign(q1=1.0), names, None, {}, "do not vary"),
        (values[["q1", "q2"]], names, None, {}, "empirical_bayes=False"),
        (values, names, None, {"reference": "Z"}, "no batch 'Z'"),
        (values, names, age.assign(age=age.age.where(age.index != 3)), {}, "not known of every patient"),
    ):
        with pytest.raises(bolus.DataError, match=says):
            ComBat(**options).fit(frame, batch, covariates)
    with pytest.raises(bolus.ShapeError, match="batches for"):
        ComBat().fit(values, names[:3])
    with pytest.raises(bolus.OptionError, match="call fit first"):
        ComBat().transform(values, names)
    with pytest.raises(bolus.OptionError, match="unknown is"):
        ComBat(unknown="guess")
    step = ComBat().fit(values, names)
    with pytest.raises(bolus.ShapeError, match="expected those of fit"):
        step.transform(values[["q1", "q2"]], names)
    with pytest.raises(bolus.ShapeError, match="1 covariates; fit had 0"):
        step.transform(values, names, age)
    assert repr(step).startswith("ComBat(")


def test_a_protocol_left_out_is_judged_by_a_network_that_never_saw_it(store):
    dataset = store.dataset(count=2)
    names = list(dict.fromkeys(dataset.patients))
    label = dict(zip(dataset.patients, dataset.labels, strict=True))
    mutants = [name for name in names if label[name] == 1]
    protocol = {name: "AB"[k % 2] for k, name in enumerate(mutants)}
    protocol |= {name: "ABC"[k % 3] for k, name in enumerate(name for name in names if label[name] == 0)}
    classifier = bolus.IDHClassifier(max_epochs=1, threads=1)
    table = leave_one_protocol_out(classifier, dataset, protocol, replicates=20, threads=1).set_index("protocol")
    assert table.index.tolist() == ["A", "B", "C", "all"] and "one genotype" in table.loc["C", "left_out"]
    held = np.array([protocol[name] == "A" for name in dataset.patients])
    with ThreadPoolExecutor(1) as executor:
        again = leave_one_protocol_out(classifier, dataset, protocol, replicates=20, threads=1, executor=executor)
    assert again.set_index("protocol").equals(table)
    # The same by hand: train on what is not A, with the seed of that fold.
    from bolus.model import fold_seeds

    other = np.array([protocol[name] == "B" for name in dataset.patients])
    folds = [(np.flatnonzero(~side), np.flatnonzero(side)) for side in (held, other)]
    seed = fold_seeds(0, folds, dataset)[0]
    by_hand = bolus.IDHClassifier(max_epochs=1, threads=1, random_state=seed).fit(dataset.select(np.flatnonzero(~held)))
    scores = by_hand.predict_proba(dataset.select(np.flatnonzero(held)))[:, 1]
    frame = (
        pd.DataFrame({"patient": np.asarray(dataset.patients)[held], "score": scores})
        .groupby("patient", sort=False)
        .mean()
    )
    labels = [label[name] for name in frame.index]
    assert table.loc["A", "auc"] == pytest.approx(bolus.evaluate.roc_auc(labels, frame.score.to_numpy()))
    with pytest.raises(bolus.DataError, match="protocol of 1 patients is not known"):
        leave_one_protocol_out(classifier, dataset, {k: v for k, v in protocol.items() if k != names[0]})
    with pytest.raises(bolus.DataError, match="none to leave out"):
        leave_one_protocol_out(classifier, dataset, dict.fromkeys(names, "A"))


def test_steps_of_the_pipeline_go_to_other_processes_as_they_are():
    import pickle

    options = bolus.pipeline.WriteMaps().options
    options.quantities = ["PH"]
    windows = bolus.pipeline.MakeWindows(windows=bolus.dsc.SlidingWindows(count=3, length=20))
    for step in (
        bolus.pipeline.WriteMaps(options=options), windows,
        bolus.pipeline.ProbabilityMap(make_windows=windows, channels="region"),
        bolus.pipeline.ExtractCurves(region_curves=bolus.dsc.RegionCurves(empty="whole_tumour")),
    ):  # fmt: skip
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
