"""One patient from the scanner's folder to the report: stages, resuming, what lies in the folder, and what must never be
there."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pydicom
import pytest
import torch
from command_line import command, content
from dicom_files import PLANTED_WORDS, base, clock, nothing_planted_in, set_pixels

import bolus
from bolus import io, pipeline, preprocess, segment
from bolus.patient import LAYOUT, PatientResult
from bolus.patient._lock import FolderLock

CHANNELS = ["ET", "NET", "ED", "WT", "AIF"]
UID = "1.2.826.0.1.3680043.8.498.4711"


def network_of(seed=1, steps=45, time_step=1.5):
    shape = bolus.model.NetworkShape(channels=5)
    weights = bolus.model.random_network(shape, seed).weights
    return bolus.model.AttentionLSTM(shape, weights, CHANNELS, steps=steps, time_step=time_step)


@pytest.fixture(scope="module")
def network():
    return network_of()


@pytest.fixture(scope="module")
def phantom():
    labels = np.zeros((20, 20, 12), np.uint8)
    labels[3:9, 7:13, 3:9] = 2
    labels[4:8, 8:12, 4:8] = 1
    labels[5:7, 9:11, 5:7] = 4
    affine = np.diag([4.0, 4.0, 5.0, 1.0])
    brain = bolus.Mask(np.ones(labels.shape, np.uint8), affine)
    return bolus.simulate.PerfusionPhantom(seed=1)(bolus.LabelMap(labels, affine), brain)


@pytest.fixture(scope="module")
def series_only(phantom):
    """A study of a series, labels on it, and an artery: the quickest there is."""
    return io.StudyImages("somebody", {}, phantom.series, phantom.labels, phantom.arterial)


@pytest.fixture(scope="module")
def head():
    return bolus.simulate.HeadPhantom(seed=4, size=(48, 58, 44), spacing=(4, 4, 4))()


@pytest.fixture(scope="module")
def series(head):
    grid = bolus.simulate.HeadPhantom.centred_grid((40, 48, 12), (5, 5, 11))
    return bolus.simulate.PerfusionPhantom(seed=4, volumes=60)(head, grid).series


def write_dicom(folder, number, description, volumes, geometry, times, begin, **tags):
    """Slice by slice, as a scanner does, with everything planted that must never come out again."""
    scale = 4000 / max(float(np.max(volume)) for volume in volumes)
    spacing, origin = np.asarray(geometry.spacing), np.asarray(geometry.origin)
    for t, volume in enumerate(volumes):
        for z in range(volume.shape[2]):
            ds = base(plant=True, study=f"{UID}.1", series=f"{UID}.2.{number}")
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{UID}.3.{number}.{t}.{z}"
            ds.FrameOfReferenceUID = f"{UID}.4"
            ds.Manufacturer, ds.SeriesNumber = "SIEMENS", number
            ds.SeriesDescription = f"{description} Mustermann"
            ds.AcquisitionTime = clock(begin + times[t])
            ds.AcquisitionNumber, ds.InstanceNumber = t + 1, t * volume.shape[2] + z + 1
            ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            ds.ImagePositionPatient = [f"{origin[0]:.4f}", f"{origin[1]:.4f}", f"{origin[2] + z * spacing[2]:.4f}"]
            ds.PixelSpacing, ds.SliceThickness = [spacing[1], spacing[0]], spacing[2]
            ds.SpacingBetweenSlices = spacing[2]
            for name, value in tags.items():
                setattr(ds, name, value)
            set_pixels(ds, np.round(np.clip(volume[:, :, z], 0, None) * scale))
            pydicom.dcmwrite(folder / f"IM{number:02}{t:03}{z:03}", ds, enforce_file_format=True)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory, head, series):
    """A folder as it comes from the archive, named like a patient, and what else a run needs."""
    root = tmp_path_factory.mktemp("scanned")
    folder = root / "Mustermann_Erika"
    folder.mkdir()
    spin, echo = {"ScanningSequence": "SE"}, {"ScanningSequence": "EP", "EchoTime": 30.0, "RepetitionTime": 1500.0}
    for number, name, image, tags in (
        (2, "T1 SE tra", head.t1, {"EchoTime": 9.0, "RepetitionTime": 500.0}),
        (3, "T2 TSE tra", head.t2, {"EchoTime": 95.0, "RepetitionTime": 4000.0}),
        (4, "T2 FLAIR tra", head.flair, {"EchoTime": 90.0, "RepetitionTime": 9000.0, "InversionTime": 2500.0}),
        (6, "T1 SE tra +Gd", head.contrast_t1,
         {"EchoTime": 9.0, "RepetitionTime": 500.0, "ContrastBolusAgent": "gadolinium"}),
    ):  # fmt: skip
        write_dicom(folder, number, name, [image.array], image.geometry, [0.0], 300 * number, **spin, **tags)
    volumes = [series.array[..., t] for t in range(series.array.shape[3])]
    write_dicom(folder, 5, "ep2d perfusion", volumes, series.geometry, np.asarray(series.times), 1500, **echo)
    cet1 = io.read_study(io.find_study(folder)).structural["cet1"]
    io.write_mask(root / "brain.nii.gz", bolus.Mask(np.asfortranarray(head.brain.array), cet1.affine))
    io.write_label_map(root / "native.nii.gz", bolus.LabelMap(np.asfortranarray(head.labels.array), cet1.affine))
    bolus.model.save_checkpoint(network_of(), root / "net.safetensors")
    return root


@pytest.fixture(scope="module")
def finished(scanned):
    """The whole way on the command line, and what it said."""
    out = scanned / "out"
    said = command(
        "predict", scanned / "Mustermann_Erika", "--weights", scanned / "net.safetensors", "-o", out, "--patient", "p7",
        "--labels", scanned / "native.nii.gz", "--brain", scanned / "brain.nii.gz", "--spacing", 4, "--threads", 2, "--report",
    )  # fmt: skip
    return out, said


def arguments_of(scanned):
    return [
        "predict", scanned / "Mustermann_Erika", "-w", scanned / "net.safetensors", "--patient", "p7",
        "--brain", scanned / "brain.nii.gz", "--spacing", 4,
    ]  # fmt: skip


def test_the_folder_holds_what_its_index_says(finished):
    out, said = finished
    assert "probability of an IDH mutation" in said
    index = json.loads((out / "index.json").read_text())
    listed = {file["path"] for file in index["files"]}
    assert listed == set(content(out)) - {"index.json"}
    result = PatientResult.open(out)
    assert {"t1", "flair", "cet1", "bias_t2", "brain", "labels", "segmentation", "labels_dsc", "cet1_to_t1",
    "dsc_to_cet1", "motion",
            "nrCBV", "K2", "curves", "curves_figure", "regions", "arterial", "prediction", "probability", "verdicts", "report",
            "alignment_figure", "preprocess_provenance", "perfusion_provenance"} <= set(result.names())  # fmt: skip
    assert all(file["description"] and file["name"] in LAYOUT for file in index["files"])
    assert json.loads((out / "dataset_description.json").read_text())["DatasetType"] == "derivative"
    assert result.image("flair").geometry == result.labels.geometry == result.image("brain").geometry
    assert result.image("nrCBV").geometry == result.image("labels_dsc").geometry == result.image("probability").geometry
    assert 0 < result.probability < 1
    assert list(result.curves.columns[1:]) == CHANNELS
    assert set(result.verdicts["verdict"]) <= {"good", "doubtful", "failed"}
    assert result.patient == "p7" and "p7" in repr(result) and "flags" in result._repr_html_()
    with pytest.raises(bolus.DataError, match="there is no xyz"):
        result.path("xyz")
    # What a correction is made in is what was used.
    same = io.read_segmentation(result.path("segmentation")).labels
    assert np.array_equal(same.array, result.labels.array)


def test_nothing_identifying_is_in_any_output(finished):
    out, said = finished
    assert nothing_planted_in(out, UID) > 50  # the cache is among them
    printed = said.lower().replace(str(out).lower(), "")
    assert not any(word in printed for word in (*PLANTED_WORDS, UID))


def test_a_second_run_finds_everything_again(finished, scanned):
    out, _ = finished
    before = content(out)
    said = command(*arguments_of(scanned), "-o", out, "--labels", scanned / "native.nii.gz")
    for stage in ("preprocess", "segment", "perfusion", "predict", "report"):
        assert f"{stage}: found again" in said
    assert content(out) == before


def test_a_corrected_segmentation_does_again_what_depends_on_it(finished, scanned, tmp_path):
    out, _ = finished
    result = PatientResult.open(out)
    labels = result.labels
    array = np.array(labels.array)
    array[array == 1] = 4
    corrected = tmp_path / "corrected.seg.nrrd"
    io.write_label_map(corrected, bolus.LabelMap(array, labels.affine))
    said = command(*arguments_of(scanned), "-o", out, "--labels", corrected)
    assert "preprocess: found again" in said
    assert "segment: found again" not in said and "perfusion: found again" not in said
    again = PatientResult.open(out)
    assert np.array_equal(again.labels.array, array)
    assert json.loads(again.path("segmentation_report").read_text())["volumes_ml"]["NET"] == 0
    # Stopped before: what was made from other labels is gone, not left to be taken for the result of these.
    said = command(*arguments_of(scanned), "-o", out, "--labels", scanned / "native.nii.gz", "--until", "segment")
    assert "probability" not in said
    names = PatientResult.open(out).names()
    assert "prediction" not in names and "nrCBV" not in names and "report" in names
    assert "No prediction yet" in (out / "report.html").read_text()
    # Without labels the same folder is refused, as there is nothing that tells where the tumour is.
    assert "nothing tells where the tumour is" in command(*arguments_of(scanned), "-o", out, code=1)


class Ball(segment.Segmenter):
    """Takes the brightest half of a box for enhancing tumour: it stands for any network."""

    def __call__(self, study, progress=None):
        image = np.asarray(study.structural["cet1"].array)
        labels = np.zeros(image.shape, np.uint8)
        box = tuple(slice(n // 3, n // 2) for n in image.shape)
        labels[box] = np.where(image[box] > np.median(image[box]), 4, 2)
        return bolus.LabelMap(labels, study.structural["cet1"].affine)

    def name(self):
        return "ball"


@pytest.fixture(scope="module")
def aligned_already(head, series):
    """Images on one grid, so that nothing has to be registered."""
    structural = {"cet1": head.contrast_t1, "flair": head.contrast_t1}
    return io.StudyImages("made", structural, series)


@pytest.fixture(scope="module")
def quick():
    return preprocess.Preprocess(
        spacing=4, register_images=False, extract_brain=False, correct_bias=False, correct_motion=False, classify_tissue=False
    )  # fmt: skip


def test_a_segmenters_labels_stay_beside_their_correction(aligned_already, quick, network, tmp_path):
    out = tmp_path / "out"

    def run(**options):
        return bolus.predict(aligned_already, network, output=out, preprocess_step=quick, report=False, **options)

    first = run(segmenter=Ball())
    assert first.index["stages"]["segment"]["segmenter"] == "ball"
    automatic = np.array(first.labels.array)
    moved = bolus.LabelMap(np.asfortranarray(np.where(automatic == 2, 1, automatic)), first.labels.affine)
    second = run(segmenter=Ball(), labels=moved)
    assert second.stages["cached"].tolist() == [True, False, False, False]
    assert np.array_equal(second.labels.array, moved.array)
    assert np.array_equal(second.image("automatic_labels").array, automatic)
    audit = json.loads(second.path("correction").read_text())
    assert audit["changed_voxels"] == int((automatic == 2).sum())
    assert run(segmenter=Ball(), labels=moved).stages["cached"].all()
    # The automatic labels do not come back unasked.
    with pytest.raises(bolus.IoError, match="given by hand.*--labels"):
        run(segmenter=Ball())
    # The same labels under another name change nothing after the segmentation.
    again = run(segmenter=Ball(), overwrite=True)
    assert np.array_equal(again.labels.array, automatic)
    by_hand = run(labels=first.labels, segmenter=Ball(), overwrite=True)
    assert by_hand.stages.set_index("stage")["cached"].to_dict() == {
        "preprocess": True, "segment": False, "perfusion": True, "predict": True,
    }  # fmt: skip


class KeyedBall(Ball):
    """One of several networks of one name."""

    def __init__(self, weights):
        super().__init__()
        self._weights = weights

    def key(self):
        return f"ball {self._weights}"


def test_segmenters_of_one_name_are_told_apart_by_their_key(aligned_already, quick, tmp_path):
    def run(segmenter, **options):
        options = {"preprocess_step": quick, "report": False, "until": "segment", "output": tmp_path / "out", **options}
        return bolus.predict(aligned_already, segmenter=segmenter, **options)

    run(KeyedBall(1))
    assert run(KeyedBall(1)).stages["cached"].all()
    with pytest.raises(bolus.IoError, match="another segmenter"):
        run(KeyedBall(2))
    assert run(KeyedBall(2), overwrite=True).stages["cached"].tolist() == [True, False]


def test_a_lock_is_whole_or_not_there(tmp_path, monkeypatch):
    def full(self, text):
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(bolus.IoError, match="No space left"), FolderLock(tmp_path):
            pass
    assert not list(tmp_path.iterdir())

    def no_links(*names):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)  # as on some memory sticks
    with FolderLock(tmp_path):
        assert json.loads((tmp_path / ".bolus.lock").read_text())["pid"] == os.getpid()
        with pytest.raises(bolus.IoError, match="another run"), FolderLock(tmp_path):
            pass
    assert not list(tmp_path.iterdir())


def test_protocol_options_go_with_a_folder(series_only):
    with pytest.raises(bolus.OptionError, match="go with a folder"):
        bolus.predict(series_only, until="segment", report=False, echo_time=0.03)


def test_stages_joined_here_are_those_of_the_pipeline(series_only, network):
    result = bolus.predict(series_only, network, report=False)
    single = pipeline.PredictStudy()(series_only, network)
    assert result.probability == single.probability
    assert result.prediction["attention"]["weight"] == list(single.attention.attention)
    found = pipeline.ExtractCurves()(series_only).signals
    assert np.array_equal(result.curves[found.names].to_numpy(), found.values)
    pattern = result.prediction["temporal_pattern"]
    shares = {name: part["attention_share"] for name, part in result.prediction["segments"].items()}
    assert sum(shares.values()) == pytest.approx(1)
    windows, _ = pipeline.MakeWindows().for_network([io.PatientCurves("x", found)], network)
    table = bolus.model.TemporalPatterns()(windows, single.windows, {"x": bolus.dsc.BolusSegments()(found)})
    assert pattern == table.patterns[0]
    np.testing.assert_allclose(list(shares.values()), table.shares[0], atol=1e-12)


def test_same_bytes_on_any_number_of_threads(series_only, network, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    bolus.predict(series_only, network, output=one, threads=1)
    bolus.predict(series_only, network, output=two, threads=3)
    first, second = content(one), content(two)
    assert first.keys() == second.keys()
    for name, data in first.items():
        assert data == second[name], name


def test_a_run_that_is_killed_is_taken_up_with_the_same_bytes(series_only, network, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    bolus.predict(series_only, network, output=whole, report=False)
    for stage in ("artery", "probability map"):  # wherever it stops

        def stop(name, done, total, stage=stage):
            return stage not in name

        try:
            bolus.predict(series_only, network, output=broken, report=False, progress=stop)
        except bolus.Cancelled:
            pass
        assert not list(broken.glob(".bolus.staging*"))
    bolus.predict(series_only, network, output=broken, report=False)
    assert content(broken) == content(whole)


def test_kill_9_leaves_a_lock_that_the_next_run_takes_over(series_only, network, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    program = (
        "import sys, time; from pathlib import Path; from bolus.patient._lock import FolderLock\n"
        "with FolderLock(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(out)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(bolus.IoError, match=f"another run is writing.*process {other.pid}.*wait for it"):
            bolus.predict(series_only, network, output=out, report=False)
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert (out / ".bolus.lock").exists()
    assert bolus.predict(series_only, network, output=out, report=False).probability is not None
    assert not (out / ".bolus.lock").exists()


def test_a_lock_of_another_machine_is_stale_when_nobody_touches_it(tmp_path):
    lock = tmp_path / ".bolus.lock"
    lock.write_text(json.dumps({"host": "elsewhere", "pid": 1, "started": "1"}))
    with pytest.raises(bolus.IoError, match="on elsewhere"), FolderLock(tmp_path):
        pass
    old = time.time() - 1000
    os.utime(lock, (old, old))
    with FolderLock(tmp_path):
        assert json.loads(lock.read_text())["pid"] == os.getpid()
    assert not lock.exists()
    lock.write_text("")  # cut off by a full disk
    os.utime(lock, (old, old))
    with FolderLock(tmp_path):
        pass


def test_nothing_is_overwritten_unasked(series_only, phantom, network, tmp_path):
    out = tmp_path / "out"
    first = bolus.predict(series_only, network, output=out, report=False)
    probability = first.probability
    brighter = bolus.PerfusionSeries(
        np.asfortranarray(phantom.series.array * 2), phantom.series.times, phantom.series.affine, echo_time=0.03
    )
    other = io.StudyImages("x", {}, brighter, phantom.labels, phantom.arterial)
    with pytest.raises(bolus.IoError, match="other images .different: dsc.*overwriting"):
        bolus.predict(other, network, output=out, report=False)
    with pytest.raises(bolus.IoError, match="sub-01.*choose another folder"):
        bolus.predict(series_only, network, output=out, report=False, patient="02")
    with pytest.raises(bolus.IoError, match="other weights.*--overwrite"):
        bolus.predict(series_only, network_of(2), output=out, report=False)
    assert (
        bolus.predict(series_only, network_of(2), output=out, report=False, overwrite=True).probability != probability
    )
    # A file that somebody edited is theirs.
    labels = first.path("labels_dsc")
    io.write_label_map(
        labels, bolus.LabelMap(np.full(phantom.labels.array.shape, 2, np.uint8, "F"), phantom.labels.affine), True
    )
    with pytest.raises(bolus.IoError, match="is not as it was written.*--labels"):
        bolus.predict(series_only, network, output=out, report=False)
    # One that is gone is made again.
    labels.unlink()
    bolus.predict(series_only, network_of(2), output=out, report=False)
    assert np.array_equal(io.read_label_map(labels).array, phantom.labels.array)
    with_other = bolus.predict(other, network, output=out, report=False, overwrite=True)
    assert "somebody" not in json.dumps(with_other.index)
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "thesis.doc").write_text("mine")
    with pytest.raises(bolus.IoError, match="not empty .thesis.doc"):
        bolus.predict(series_only, network, output=strange, report=False)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "index.json").write_text("{")
    with pytest.raises(bolus.FormatError, match="damaged"):
        bolus.predict(series_only, network, output=tmp_path / "damaged", report=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_before_the_work(series_only, network, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(bolus.IoError, match="cannot"):
        bolus.predict(series_only, network, output=tmp_path / "out")


def test_bad_input_ends_with_what_to_do(series_only, phantom, aligned_already, head, network, quick, tmp_path):
    out = tmp_path / "out"

    def refused(kind, says, study=series_only, weights=network, **options):
        with pytest.raises(kind, match=says):
            bolus.predict(study, weights, output=out, report=False, **options)
        assert not out.exists() or not list(out.iterdir())  # before any work

    structural = {"cet1": head.contrast_t1}
    refused(
        bolus.DataError,
        "no DSC series; it has: cet1.*--until segment",
        io.StudyImages("x", structural, labels=head.labels),
    )
    refused(
        bolus.DataError,
        "no contrast-enhanced T1",
        io.StudyImages("x", {"t1": head.t1}),
        until="preprocess",
        weights=None,
    )
    cascade = segment.random_cascade(1)
    refused(bolus.DataError, "cascade needs t1 and t2.*--substitute-missing", aligned_already, cascade=cascade)
    refused(bolus.DataError, "nothing tells where the tumour is", aligned_already)
    refused(bolus.DataError, "another protocol.*8 windows of 55 volumes", weights=network_of(steps=55))
    refused(bolus.OptionError, "no weights to predict with.*perfusion", weights=None)
    refused(bolus.OptionError, "weights are a dict", weights={})
    refused(bolus.OptionError, "until is 'end'", until="end")
    refused(bolus.OptionError, "'../x'; expected letters", patient="../x")
    refused(bolus.OptionError, "both a cascade and another", cascade=cascade, segmenter=Ball())
    away = phantom.labels.affine.copy()
    away[:3, 3] += 7
    shifted = bolus.LabelMap(np.asfortranarray(phantom.labels.array), away)
    refused(bolus.GeometryError, "grid of no image.*nearest neighbour", labels=shifted)
    empty = bolus.LabelMap(np.zeros(phantom.labels.array.shape, np.uint8, "F"), phantom.labels.affine)
    with pytest.raises(bolus.DataError, match="marks no tumour.*--labels"):
        bolus.predict(series_only, network, labels=empty, report=False)
    unknown = np.array(phantom.labels.array, np.float32)
    unknown[0, 0, 0] = 7
    io.write_image(tmp_path / "labels.nii.gz", bolus.Image(np.asfortranarray(unknown), phantom.labels.affine))
    refused(bolus.DataError, "7", labels=tmp_path / "labels.nii.gz")
    slow = bolus.predict(series_only, network_of(time_step=2.0), report=False)
    assert "pipeline.time_step.differs" in [flag.code for flag in slow.flags]


def test_a_report_without_matplotlib_is_refused_before_the_work(series_only, network, monkeypatch, tmp_path):
    monkeypatch.setattr("bolus.patient._predict.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="needs matplotlib.*--no-report"):
        bolus.predict(series_only, network, output=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert bolus.predict(series_only, network, report=False).report is None


def test_an_ensemble_says_how_far_its_networks_disagree(series_only, tmp_path):
    members = [network_of(seed) for seed in (1, 2, 3)]
    bolus.model.save_ensemble(bolus.model.Ensemble(members), tmp_path / "ensemble.safetensors")
    result = bolus.predict(series_only, tmp_path / "ensemble.safetensors", report=False)
    single = [pipeline.PredictStudy()(series_only, network).probability for network in members]
    assert result.prediction["member_probabilities"] == single
    assert result.probability == pytest.approx(np.mean(single), abs=1e-15)
    assert result.prediction["member_standard_deviation"] == pytest.approx(np.std(single, ddof=1))


def test_no_artery_leaves_out_what_needs_one(phantom, tmp_path):
    """A network without AIF on a series without an artery: no flow, but a prediction."""
    labels = np.asfortranarray(phantom.labels.array)
    signal = np.array(phantom.series.array)
    signal[labels == 0] = signal[labels == 0][..., :1]  # nothing passes outside the tumour
    series = bolus.PerfusionSeries(
        np.asfortranarray(signal), phantom.series.times, phantom.series.affine, echo_time=0.03
    )
    shape = bolus.model.NetworkShape(channels=4)
    network = bolus.model.AttentionLSTM(
        shape, bolus.model.random_network(shape, 1).weights, CHANNELS[:4], steps=45, time_step=1.5
    )
    study = io.StudyImages("x", {}, series, phantom.labels)
    options = pipeline.WriteMaps().options
    options.quantities = ["rCBV", "PSR", "CBF"]
    result = bolus.predict(study, network, report=False, maps=pipeline.WriteMaps(options=options))
    codes = [flag.code for flag in result.flags]
    if "dsc.aif.not_found" in codes:
        assert "CBF" not in result.names()
    assert {"rCBV", "PSR"} <= set(result.names())


class Bright(torch.nn.Module):
    """What is brighter than 3 standard deviations is enhancing tumour."""

    def forward(self, x):
        return torch.cat([3 - x[:, :1], x[:, :1] - 3], 1)


def test_every_option_of_the_command(phantom, head, series, tmp_path):
    study = tmp_path / "study"
    study.mkdir()
    io.write_image(study / "cet1.nii.gz", head.contrast_t1)
    for name in ("t1", "t2", "flair"):
        io.write_image(study / f"{name}.nii.gz", head.contrast_t1)
    no_times = bolus.PerfusionSeries(np.asfortranarray(series.array), series.times, series.affine)
    io.write_perfusion_series(study / "dsc.nii.gz", no_times)
    io.write_mask(tmp_path / "brain.nii.gz", head.brain)
    bolus.model.save_checkpoint(network_of(), tmp_path / "net.safetensors")

    torch.jit.script(Bright()).save(tmp_path / "bright.pt")
    description = segment.SegmenterDescription(
        name="bright", channels=["cet1"], labels=[0, 4], spacing=(4, 4, 4), patch_size=(32, 32, 32)
    )
    segment.write_segmenter_description(tmp_path / "bright.json", description)
    common = ["predict", study, "-o", tmp_path / "out", "--brain", tmp_path / "brain.nii.gz", "--spacing", 4, "--no-report",
              "--cache", tmp_path / "cache", "--echo-time", 0.03, "--time-step", 1.5]  # fmt: skip
    common_says = command(*common, "--until", "preprocess")
    assert "preprocess:" in common_says and list((tmp_path / "cache").glob("*.stage"))
    assert not (tmp_path / "out" / "report.html").exists()
    said = command(*common, "--until", "perfusion", "--segmenter", tmp_path / "bright.json")
    assert "preprocess: found again" in said
    result = PatientResult.open(tmp_path / "out")
    assert result.index["stages"]["segment"]["segmenter"] == "bright"
    assert result.index["stages"]["perfusion"]["protocol"]["echo_time_s"] == 0.03
    # The cascade, with networks that know nothing: what it says is what SegmentTumour says on the aligned images.
    cascade, small = segment.random_cascade(1), tmp_path / "small"
    segment.save_cascade(cascade, tmp_path / "cascade.safetensors")
    small.mkdir()
    one = bolus.Image(np.asfortranarray(head.contrast_t1.array), np.eye(4))  # its voxels taken for 1 mm
    for name in ("cet1", "flair"):
        io.write_image(small / f"{name}.nii.gz", one)
    part = np.zeros(head.brain.array.shape, np.uint8, "F")
    part[14:34, 19:39, 14:30] = 1  # enough for the networks, and quick
    io.write_mask(tmp_path / "small_brain.nii.gz", bolus.Mask(part, np.eye(4)))
    arguments = ["predict", small, "-o", tmp_path / "found", "--brain", tmp_path / "small_brain.nii.gz", "--until", "segment",
                 "--cascade", tmp_path / "cascade.safetensors", "--no-report", "--threads", 1]  # fmt: skip
    assert "--substitute-missing" in command(*arguments, code=1)
    command(*arguments[:-7], "--until", "preprocess", "--no-report")
    before = PatientResult.open(tmp_path / "found")
    # The cascade was trained on images with their bias field; those in the results are without.
    images = io.StudyImages("x", {"flair": one, "cet1": one})
    uncorrected = preprocess.Preprocess(correct_bias=False, classify_tissue=False)(
        images, preprocess.GivenBrainMask(io.read_mask(tmp_path / "small_brain.nii.gz"))
    )
    assert not np.array_equal(before.image("cet1").array, uncorrected.study.structural["cet1"].array)
    direct = segment.SegmentTumour(substitute_missing=True)(
        bolus.AlignedStudy(uncorrected.study.structural), cascade, brain=before.image("brain")
    )
    arguments += ["--substitute-missing", "--device", "cpu"]
    if direct.labels.array.any():
        command(*arguments)
        assert np.array_equal(PatientResult.open(tmp_path / "found").labels.array, direct.labels.array)
    else:
        assert "--labels" in command(*arguments, code=1)
    if not torch.cuda.is_available():
        assert "cuda" in command(*arguments[:-1], "cuda", "--overwrite", code=2).lower()
    # Segments that another program named.
    renamed = tmp_path / "renamed.seg.nrrd"
    io.write_label_map(renamed, bolus.LabelMap(np.asfortranarray(np.asarray(head.labels.array)), head.labels.affine))
    said = command(*common, "--until", "segment", "--labels", renamed, "--region", "NET=ED", "--region", "ED=", "--overwrite",
                   "--resolve-overlap")  # fmt: skip
    volumes = PatientResult.open(tmp_path / "out").index["stages"]["segment"]["volumes_ml"]
    assert volumes["NET"] == 0 and volumes["ED"] > 0
    assert "file; a study's results need a folder" in command("predict", study, "-o", tmp_path / "x.json", code=2)
    assert "no weights" in command("predict", study, "-o", tmp_path / "x", code=2)
    assert "there is no network" in command(
        *common, "--until", "segment", "--segmenter", tmp_path / "none.json", code=1
    )


def test_weights_tell_how_good_they_are(series_only, tmp_path):
    cohort = bolus.simulate.CohortSimulator(patients=12, seed=4)()
    io.write_curves(tmp_path / "curves.csv", io.curves_of(cohort))
    bolus.model.save_checkpoint(network_of(), tmp_path / "net.safetensors")
    said = command("evaluate", tmp_path / "curves.csv", "-w", tmp_path / "net.safetensors", "--replicates", 50,
                   "--record", tmp_path / "judged.safetensors", "-o", tmp_path / "scores.json")  # fmt: skip
    assert "judged.safetensors" in said
    scores = json.loads((tmp_path / "scores.json").read_text())["patients"]
    result = bolus.predict(series_only, tmp_path / "judged.safetensors", report=False)
    figures = result.prediction["model"]["validation"]
    assert figures["auc"] == scores["auc"] and figures["patients"] == 12 and figures["data"] == "simulated patients"
    assert result.probability == bolus.predict(series_only, network_of(), report=False).probability


def test_a_bids_folder_is_a_study(phantom, head, tmp_path):
    for session in ("ses-1",):
        anat, perf = (tmp_path / "sub-7" / session / name for name in ("anat", "perf"))
        anat.mkdir(parents=True)
        perf.mkdir()
    io.write_image(anat / "sub-7_ses-1_T1w.nii.gz", head.t1)
    io.write_image(anat / "sub-7_ses-1_ce-gadolinium_T1w.nii.gz", head.contrast_t1)
    io.write_image(anat / "sub-7_ses-1_FLAIR.nii.gz", head.flair)
    io.write_perfusion_series(perf / "sub-7_ses-1_dsc.nii.gz", phantom.series)
    study = io.find_study(tmp_path)
    assert {name: path.name for name, path in study.images.items()} == {
        "t1": "sub-7_ses-1_T1w.nii.gz",
        "cet1": "sub-7_ses-1_ce-gadolinium_T1w.nii.gz",
        "flair": "sub-7_ses-1_FLAIR.nii.gz",
    }
    assert study.perfusion.name == "sub-7_ses-1_dsc.nii.gz"
    (tmp_path / "sub-8").mkdir()
    with pytest.raises(bolus.DataError, match="2 folders that start with sub-.*give one"):
        io.find_study(tmp_path)


def test_doubts_of_the_readers_reach_the_results(tmp_path):
    import nibabel

    affine = np.diag([-4.0, -4.0, 4.0, 1.0])
    inside = np.hypot.reduce(np.indices((16, 16, 16)) - 7.5) < 6
    image = nibabel.Nifti1Image(np.where(inside, 100.0, 0.0).astype(np.float32), affine)
    image.set_qform(affine @ np.diag([1.0, 1.0, 1.5, 1.0]), code=1)  # says otherwise than the sform
    (tmp_path / "study").mkdir()
    nibabel.save(image, tmp_path / "study" / "cet1.nii.gz")
    images = io.read_study(io.find_study(tmp_path / "study"))
    said = {flag.code for flag in images.flags}
    assert said
    step = preprocess.Preprocess(spacing=4.0, correct_bias=False, classify_tissue=False)
    result = bolus.predict(
        images, output=tmp_path / "out", until="preprocess", preprocess_step=step, report=False,
        brain=bolus.Mask(np.asfortranarray(inside.astype(np.uint8)), images.structural["cet1"].affine),
    )  # fmt: skip
    assert said <= {flag["code"] for flag in result.index["stages"]["preprocess"]["flags"]}
