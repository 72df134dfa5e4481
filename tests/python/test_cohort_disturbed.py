"""A cohort that is disturbed: workers and schedulers that die, memory and disks that are full, studies that are not what they
should be, names that must not come out again."""

import functools
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from command_line import command, content
from dicom_files import PLANTED_WORDS, nothing_planted_in
from small_studies import PROGRAM, UID, phantom, quick_steps, write_planted_dicom, write_small_studies, write_study

import bolus
from bolus import io, segment
from bolus.cohort import CohortResult, CohortStore

pytest.importorskip("pyarrow", reason="the tables of a cohort need pyarrow: pip install 'bolus[cohort]'")

NO_DASHBOARD = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    return write_small_studies(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="module")
def cohort(studies):
    return bolus.Cohort(studies / "cohort.csv", **quick_steps())


@pytest.fixture(scope="module")
def undisturbed(cohort, tmp_path_factory):
    return content(cohort.run(tmp_path_factory.mktemp("undisturbed") / "out").folder)


# Dask.


def test_a_dask_worker_that_is_killed_while_it_works_changes_no_byte(cohort, undisturbed, tmp_path):
    distributed = pytest.importorskip("distributed")
    out, killed = tmp_path / "out", []
    with (
        distributed.LocalCluster(n_workers=1, **NO_DASHBOARD) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        (worker,) = client.run(os.getpid).values()

        def progress(stage, done, total):
            if not killed and list(out.glob("patients/*")):  # it has begun with a patient
                os.kill(worker, signal.SIGKILL)
                killed.append(done)

        result = cohort.run(out, executor=client, progress=progress)
        (after,) = client.run(os.getpid).values()
    assert killed and killed[0] < 4 and after != worker
    assert content(out) == undisturbed
    # The memory that a worker may use is said, as Dask bounds it.
    assert result.workers.startswith("1 Dask worker of at most ") and result.workers.endswith(" GB each")
    assert result.memory > 1e7


class Scheduler:
    """A Dask scheduler with one worker, in a process that can be killed."""

    PROGRAM = """
import sys, distributed
if __name__ == "__main__":
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1",
                                  scheduler_port=int(sys.argv[1]), dashboard_address=None, silence_logs=50) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""

    def __init__(self, port=0):
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rpartition(":")[2])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def test_a_scheduler_that_is_lost_is_waited_for_or_the_run_says_so_and_goes_on(
    cohort, undisturbed, tmp_path, monkeypatch
):
    pytest.importorskip("distributed")
    from bolus.cohort import _cohort

    out, schedulers = tmp_path / "out", [Scheduler()]
    try:
        # Lost, and back at the same address: the run waits and sends what is left again.
        def progress(stage, done, total):
            if done == 1 and len(schedulers) == 1:
                schedulers[0].kill()
                schedulers.append(Scheduler(schedulers[0].port))

        result = cohort.run(out, scheduler=schedulers[0].address, progress=progress)
        assert len(schedulers) == 2 and result.counts == {"done": 3, "failed": 1, "excluded": 1}
        assert content(out) == undisturbed

        # Lost for good: after its patience an error that says what to do, and the same call without Dask goes on.
        monkeypatch.setattr(_cohort, "on_dask", functools.partial(_cohort.on_dask, patience=0.1))
        again = tmp_path / "again"

        def kill(stage, done, total):
            if done == 1:
                schedulers[1].kill()

        with pytest.raises(bolus.IoError, match="no Dask scheduler answers.*start one, and run again"):
            cohort.run(again, scheduler=schedulers[1].address, progress=kill)
        assert 1 <= len(list(again.glob("status/*.json"))) < 4
        assert cohort.run(again).computed < 4
        assert content(again) == undisturbed
    finally:
        for one in schedulers:
            one.kill()


def test_a_scheduler_by_its_address_on_the_command_line(studies, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, processes=False, protocol="tcp", host="127.0.0.1", **NO_DASHBOARD
    ) as cluster:
        said = command("cohort", "run", studies / "cohort.csv", "-o", tmp_path / "out", "--until", "segment",
                       "--spacing", 8, "--scheduler", cluster.scheduler_address)  # fmt: skip
    assert "5 patients: 3 done, 1 failed, 1 excluded; 4 worked on now, on 1 Dask worker" in said


# Progress.


@pytest.mark.parametrize("place", ["process", "threads", "dask"])
def test_progress_counts_patients_wherever_they_run(cohort, tmp_path, place):
    calls = []

    def run(**where):
        cohort.run(tmp_path / "out", progress=lambda *call: calls.append(call), **where)

    if place == "process":
        run()
    elif place == "threads":
        with ThreadPoolExecutor(2) as executor:
            run(executor=executor)
    else:
        distributed = pytest.importorskip("distributed")
        with (
            distributed.LocalCluster(n_workers=1, processes=False, **NO_DASHBOARD) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            client.get_task_stream()  # what the dashboard shows is kept from here on
            run(executor=client)
            keys = [str(task["key"]) for task in client.get_task_stream()]
        assert len(keys) == 4 and all(distributed.utils.key_split(key) == "bolus" for key in keys)  # one kind of task
    assert calls[0] == ("patients", 0, 4) and calls[-2:] == [("tables", 0, 1), ("tables", 1, 1)]
    counts = [done for stage, done, total in calls if stage == "patients"]
    assert counts == sorted(counts) and set(counts) == {0, 1, 2, 3, 4}


def test_bars_are_drawn_in_a_terminal_and_in_a_notebook(cohort, tmp_path):
    import io as buffers

    from rich.console import Console

    screen = buffers.StringIO()
    with bolus.progress.RichProgress(Console(file=screen, force_terminal=True, width=80)) as progress:
        cohort.run(tmp_path / "a", progress=progress)
        bars = progress._bars
        assert [(task.description, task.completed, task.total) for task in bars.tasks] == [
            ("patients", 4, 4), ("tables", 1, 1)
        ]  # fmt: skip
    assert "patients" in screen.getvalue() and "4/4" in screen.getvalue()
    pytest.importorskip("tqdm")
    screen = buffers.StringIO()
    with bolus.progress.TqdmProgress(file=screen) as progress:
        cohort.run(tmp_path / "b", progress=progress)
    assert "patients: 100%" in screen.getvalue() and "4/4" in screen.getvalue()


# Memory and disks.


def test_a_patient_that_needs_more_memory_than_a_worker_may_use_fails_alone(studies, tmp_path):
    """150 million voxels of nothing, in a file of a few hundred kilobytes."""
    folder = tmp_path / "large"
    write_study(folder, phantom(9))
    import nibabel

    shape = (256, 256, 40, 60)
    with gzip.open(folder / "dsc.nii.gz", "wb", compresslevel=1) as file:
        header = nibabel.Nifti1Header()
        header.set_data_dtype(np.float32)
        header.set_data_shape(shape)
        header.set_zooms((1.0, 1.0, 5.0, 1.5))
        header.set_sform(np.eye(4), 1)
        header.set_xyzt_units("mm", "sec")
        header["vox_offset"] = 352
        header["magic"] = b"n+1"
        file.write(header.binaryblock + b"\0\0\0\0")
        block = bytes(1 << 24)
        left = int(np.prod(shape)) * 4
        while left > 0:
            file.write(block[:left])
            left -= len(block)
    table = pd.DataFrame({"patient": ["small", "large"], "label": [0, 1], "folder": [studies / "Mustermann_0", folder]})
    result = bolus.Cohort(table, **quick_steps()).run(tmp_path / "out", workers=2, memory=0.5)
    assert result.workers == "2 processes of at most 0.5 GB each"
    assert result.counts == {"done": 1, "failed": 1}
    assert result.failed.patient.tolist() == ["large"] and result.failed.kind.tolist() == ["MemoryError"]
    assert "give it more (--memory), or fewer workers" in result.failed.reason[0]
    # What lies not in the data is tried again, and then something else is wrong with this one.
    again = bolus.Cohort(table, **quick_steps()).run(tmp_path / "out")
    assert again.computed == 1 and "256x256x40" in again.failed.reason[0]


FULL = """
import json, os, shutil, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import bolus
from command_line import content
from small_studies import quick_steps

cohort = bolus.Cohort(sys.argv[1], **quick_steps())
out = Path(sys.argv[2]) / "out"
said = []
ballast = Path(sys.argv[2]) / "ballast"
with ballast.open("wb", buffering=0) as file:  # until nothing goes in any more
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass
for free in (0, 8_192, 40_000, 150_000):
    os.truncate(ballast, max(ballast.stat().st_size - free, 0))  # a little room, and a little more
    try:
        cohort.run(out)
        said.append("")
    except bolus.IoError as error:
        said.append(str(error))
    left = [str(path) for path in out.rglob("*") if path.is_file()] if out.exists() else []
    for path in left:
        if path.endswith(".json"):
            json.loads(Path(path).read_text())  # whole, or not there
        elif path.endswith(".gz"):
            import gzip
            gzip.decompress(Path(path).read_bytes())
    said.append([path for path in left if path.endswith(".tmp")])
ballast.unlink()
result = cohort.run(out)
shutil.copytree(out, sys.argv[4])
print(json.dumps({"said": said, "computed": result.computed}))
"""


def own_mounts():
    """Commands before a program that may then mount, seen by it alone; None where that is not allowed."""
    before = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        subprocess.run([*before, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return before


def on_mount(before, folder, options, script, *arguments):
    mount = f'mount -t tmpfs -o {options} tmpfs {folder} && exec "$@"'
    return subprocess.run(
        [*before, "sh", "-c", mount, "sh", sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.skipif(own_mounts() is None, reason="no right to mount a small disk here")
def test_a_disk_that_is_really_full_leaves_nothing_half_written(studies, undisturbed, tmp_path):
    """A disk of a megabyte, filled; a little room, a little more, and then enough."""
    (tmp_path / "disk").mkdir()
    found = on_mount(
        own_mounts(), tmp_path / "disk", "size=1m", FULL, studies / "cohort.csv", tmp_path / "disk",
        Path(__file__).parent, tmp_path / "copy",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout.splitlines()[-1])
    errors, left = said["said"][::2], said["said"][1::2]
    assert errors[0] and all("disk" in error or "cannot" in error for error in errors if error), errors
    assert any("free the disk" in error and "run again" in error for error in errors)
    assert not any(left), left
    assert content(tmp_path / "copy") == undisturbed


@pytest.mark.skipif(own_mounts() is None, reason="no right to mount a disk here")
def test_a_disk_that_is_read_only_is_said_before_the_work(studies, tmp_path):
    (tmp_path / "disk").mkdir()
    script = (
        "import sys, bolus\n"
        "try:\n    bolus.Cohort(sys.argv[1]).run(sys.argv[2])\n"
        "except bolus.IoError as error:\n    print(error)\n"
    )
    for place in (tmp_path / "disk", tmp_path / "disk" / "out"):
        found = on_mount(own_mounts(), tmp_path / "disk", "ro", script, studies / "cohort.csv", place)
        assert "choose another" in found.stdout, found.stdout + found.stderr


def test_worker_processes_that_cannot_start_are_an_error_that_says_why(studies, tmp_path):
    """The mistake of everybody's first script: no main guard, so that workers would run the cohort again."""
    script, table, out = tmp_path / "run.py", str(studies / "cohort.csv"), str(tmp_path / "out")
    script.write_text(f"import bolus\nbolus.Cohort({table!r}).run({out!r}, workers=2)\n")
    found = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert found.returncode == 1
    assert "worker processes cannot start" in found.stderr and "if __name__ == '__main__':" in found.stderr
    assert not list((tmp_path / "out").glob("status/*"))  # no patient is blamed


def test_a_run_that_is_killed_while_it_writes_the_tables_goes_on(studies, undisturbed, tmp_path):
    script = tmp_path / "run.py"
    script.write_text(
        "import os\nfrom bolus.cohort import _store\n_store._Writer.close = lambda self: os._exit(9)\n" + PROGRAM
    )
    arguments = [sys.executable, str(script), str(studies / "cohort.csv"), str(tmp_path / "out"), "1"]
    assert subprocess.run(arguments, stdout=subprocess.DEVNULL).returncode == 9
    with pytest.raises(bolus.IoError, match="run the cohort again"):
        CohortStore(tmp_path / "out")
    result = bolus.Cohort(studies / "cohort.csv", **quick_steps()).run(tmp_path / "out")
    assert result.computed == 0  # only the tables were missing
    assert content(tmp_path / "out") == undisturbed


def test_a_patient_whose_folder_a_lost_run_still_writes_to_is_waited_for(cohort, undisturbed, tmp_path, monkeypatch):
    from bolus.cohort import _cohort
    from bolus.cohort._table import name_of
    from bolus.patient._lock import FolderLock

    folder = tmp_path / "out" / "patients" / name_of("P-1")
    folder.mkdir(parents=True)
    (tmp_path / "out" / "cohort.json").write_bytes(undisturbed["cohort.json"])
    with FolderLock(folder):
        threading.Timer(0.5, lambda: (folder / ".bolus.lock").unlink()).start()
        assert cohort.run(tmp_path / "out").counts["done"] == 3
    assert content(tmp_path / "out") == undisturbed
    # One that nobody gives back is a failure of that patient, after some patience, and is tried again in the next run.
    monkeypatch.setattr(_cohort, "_PATIENCE", 0.0)
    shutil.rmtree(folder)
    folder.mkdir()
    with FolderLock(folder):
        failed = cohort.run(tmp_path / "out").failed
    assert "P-1" in failed.patient.tolist() and "another run is writing" in failed.reason[0]
    assert cohort.run(tmp_path / "out").counts["done"] == 3
    assert content(tmp_path / "out") == undisturbed


# Studies that are not what they should be.


def network_of(steps=45, time_step=1.5):
    shape = bolus.model.NetworkShape(channels=5)
    weights = bolus.model.random_network(shape, 1).weights
    return bolus.model.AttentionLSTM(shape, weights, ["ET", "NET", "ED", "WT", "AIF"], steps=steps, time_step=time_step)


def test_each_wrong_study_is_told_what_is_wrong_with_it_and_the_others_go_on(studies, tmp_path):
    """No DSC; a modality that the cascade needs; weights for longer series than this one's."""
    head = bolus.simulate.HeadPhantom(seed=4, size=(24, 28, 22), spacing=(8, 8, 8))()
    (tmp_path / "structural").mkdir()
    io.write_image(tmp_path / "structural" / "cet1.nii.gz", head.contrast_t1)
    io.write_label_map(tmp_path / "structural" / "labels.nii.gz", head.labels)
    write_study(tmp_path / "short", phantom(5, volumes=40))
    table = pd.DataFrame(
        {
            "patient": ["good", "structural", "short"],
            "label": [0, 1, 1],
            "folder": [studies / "Mustermann_0", tmp_path / "structural", tmp_path / "short"],
        }
    )
    result = bolus.Cohort(table, network_of(), **quick_steps()).run(tmp_path / "out")
    reason = result.failed.set_index("patient").reason
    assert result.counts == {"done": 1, "failed": 2}
    assert "no DSC series" in reason["structural"] and "--until segment" in reason["structural"]
    assert "another protocol" in reason["short"] and "8 windows of 45" in reason["short"]
    # Weights for another protocol altogether: every patient says so, none has a probability, and the command fails.
    bolus.model.save_checkpoint(network_of(steps=70), tmp_path / "long.safetensors")
    table.to_csv(tmp_path / "cohort.csv", index=False)
    said = command("cohort", "run", tmp_path / "cohort.csv", "-o", tmp_path / "other", "--spacing", 8, "-w",
                   tmp_path / "long.safetensors", code=1)  # fmt: skip
    assert said.count("another protocol") == 2 and "3 failed" in said
    assert "probability" not in CohortStore(tmp_path / "other").frame().dropna(axis=1, how="all")


def test_mixed_protocols_are_told_apart_and_brought_together(studies, tmp_path):
    slow = tmp_path / "slow"
    write_study(slow, phantom(6, time_step=2.0))
    table = pd.DataFrame({"patient": ["quick", "slow"], "label": [0, 1], "folder": [studies / "Mustermann_0", slow]})
    store = bolus.Cohort(table, **quick_steps()).run(tmp_path / "out").store
    protocols = store.frame().set_index("patient").protocol
    assert "1.5 s" in protocols["quick"] and "2 s" in protocols["slow"]
    with pytest.raises(bolus.DataError, match="time_step='common'"):
        store.dataset()
    dataset = store.dataset(time_step="common")
    assert dataset.time_step == 2.0 and set(dataset.patients) == {"quick", "slow"}


class Bright(torch.nn.Module):
    """What is brighter than 3 standard deviations is enhancing tumour."""

    def forward(self, x):
        return torch.cat([3 - x[:, :1], x[:, :1] - 3], 1)


def test_networks_find_the_tumours_of_a_cohort_on_the_command_line(tmp_path):
    """--segmenter, --cascade, --substitute-missing and --device at work: images of a head without labels."""
    head = bolus.simulate.HeadPhantom(seed=4, size=(48, 58, 44), spacing=(4, 4, 4))()
    (tmp_path / "study").mkdir()
    one = bolus.Image(np.asfortranarray(head.contrast_t1.array), np.eye(4))  # its voxels taken for 1 mm: quick
    for name in ("cet1", "flair"):
        io.write_image(tmp_path / "study" / f"{name}.nii.gz", one)
    (tmp_path / "cohort.csv").write_text("patient,label,folder\na,1,study\n")
    torch.jit.script(Bright()).save(tmp_path / "bright.pt")
    description = segment.SegmenterDescription(
        name="bright", channels=["cet1"], labels=[0, 4], spacing=(1, 1, 1), patch_size=(32, 32, 32)
    )
    segment.write_segmenter_description(tmp_path / "bright.json", description)
    common = ["cohort", "run", tmp_path / "cohort.csv", "-o", tmp_path / "out", "--until", "segment", "--device", "cpu"]
    said = command(*common, "--segmenter", tmp_path / "bright.json")
    assert "1 done" in said
    found = CohortResult.open(tmp_path / "out").patient("a")
    assert found.index["stages"]["segment"]["segmenter"] == "bright" and (found.labels.array == 4).any()

    segment.save_cascade(segment.random_cascade(1), tmp_path / "cascade.safetensors")
    cascade = [*common, "--cascade", tmp_path / "cascade.safetensors", "--overwrite"]
    said = command(*cascade, code=1)  # nobody is finished
    assert "cascade needs t1 and t2" in said and "--substitute-missing" in said and "1 failed" in said
    said = command(*cascade, "--substitute-missing")
    assert "1 done" in said
    assert CohortResult.open(tmp_path / "out").patient("a").index["stages"]["segment"]["segmenter"] == "cascade"


# What nobody may read.


def test_no_identifier_of_the_headers_is_in_any_output_log_or_name(tmp_path, capfd):
    """Planted in every header; among the patients one that fails, whose reason must not say it either."""
    made = phantom(3)
    root = tmp_path / "Erika_Mustermann"
    root.mkdir()
    for name in ("19640812", "PID-4711-0815"):
        write_planted_dicom(root / name, made.series)
        affine = io.read_study(io.find_study(root / name)).perfusion.affine
        labels = bolus.LabelMap(np.asfortranarray(made.labels.array), affine)
        io.write_label_map(root / f"{name}.nii.gz", labels)
    for path in sorted((root / "PID-4711-0815").iterdir())[1::4]:
        path.unlink()  # a slice is missing
    (root / "cohort.csv").write_text(
        "patient,label,folder,segmentation\np1,1,19640812,19640812.nii.gz\np2,0,PID-4711-0815,PID-4711-0815.nii.gz\n"
    )
    out = tmp_path / "out"
    said = command("cohort", "run", root / "cohort.csv", "-o", out, "--workers", 2, "--memory", 3, "--spacing", 8,
                   "--threads", 1, "--report")  # fmt: skip
    assert "1 done, 1 failed" in said and "2 processes of at most 3.0 GB" in said
    said += command("cohort", "report", out, "-o", out / "report", "--no-train")
    printed = "".join(capfd.readouterr())
    assert nothing_planted_in(out, UID) > 40
    text = (said + printed).lower().replace(str(tmp_path).lower(), "")
    assert not [word for word in (*PLANTED_WORDS, UID) if word in text]
