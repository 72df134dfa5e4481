"""Training of the cascade: that it learns, that its bits are its own, that it goes on after a kill, and what it refuses."""

import nibabel
import numpy as np
import pandas as pd
import pytest
from command_line import command

import bolus
from bolus.pipeline import training_cases
from bolus.segment import (
    PatchAugmentation,
    SegmentTumour,
    TrainCascade,
    TrainingCase,
    hold_out,
    load_cascade,
    random_cascade,
)
from bolus.simulate import HeadPhantom


def half_size_head(seed: int) -> TrainingCase:
    """A simulated head whose 2 mm voxels pass for 1 mm, without its skull."""
    head = HeadPhantom(seed=seed, rotation=0, translation=0)()
    brain = np.asarray(head.brain.array) != 0
    images = {
        name: bolus.Image(np.where(brain, np.asarray(image.array), 0).astype(np.float32))
        for name, image in (("t1", head.t1), ("t2", head.t2), ("flair", head.flair), ("cet1", head.contrast_t1))
    }
    labels = bolus.LabelMap(np.asarray(head.labels.array))
    return TrainingCase(f"head {seed}", bolus.AlignedStudy(images, labels=labels), simulated=True)


def arrays_of_block(seed: int) -> dict[str, np.ndarray]:
    """Four noisy images of a small block of brain with a bright tumour in it, and its labels."""
    generator = np.random.default_rng(seed)
    distance = np.hypot.reduce(np.indices((24, 24, 24)) - generator.uniform(9, 14, (3, 1, 1, 1)))
    labels = np.select([distance < 2.5, distance < 4, distance < 6], [4, 1, 2], 0).astype(np.uint8)
    brain = np.zeros(labels.shape, bool)
    brain[2:22, 2:22, 2:22] = True
    arrays = {}
    for name, bright in (("flair", (1, 2, 4)), ("t1", ()), ("cet1", (4,)), ("t2", (1, 4))):
        values = 100 + 10 * generator.standard_normal(labels.shape) + 60 * np.isin(labels, bright)
        arrays[name] = np.where(brain, values, 0).astype(np.float32)
    return arrays | {"labels": labels}


def block(seed: int, **changed) -> TrainingCase:
    arrays = arrays_of_block(seed) | changed
    labels = arrays.pop("labels")
    images = {name: bolus.Image(values) for name, values in arrays.items() if values is not None}
    return TrainingCase(
        f"block {seed}", bolus.AlignedStudy(images, labels=None if labels is None else bolus.LabelMap(labels))
    )


def small(**options) -> TrainCascade:
    return TrainCascade(
        **{
            "epochs": 1,
            "view_epochs": 1,
            "epoch_batches": 2,
            "batch_size": 2,
            "slices": 9,
            "patch_size": (16, 12, 8),
            **options,
        }
    )


@pytest.fixture(scope="module")
def blocks():
    return [block(seed) for seed in range(3)]


# ------------------------------------------------------------------------------------------------------------- does it learn


def test_networks_learn_the_tumour_of_simulated_heads():
    training = [half_size_head(seed) for seed in range(5)]
    held_out = [half_size_head(seed) for seed in (100, 101)]
    options = {
        "views": ["axial"],
        "batch_size": 4,
        "slices": 11,
        "patch_size": (48, 32, 24),
        "loss": "dice_cross_entropy",
    }
    untrained = TrainCascade(epochs=1, epoch_batches=1, learning_rate=1e-12, **options)(training, held_out)
    trained = TrainCascade(epochs=6, epoch_batches=18, learning_rate=3e-3, **options)(training, held_out)
    for stage in ("WT", "TC", "ET"):
        before = untrained.histories[stage, "axial"].validation_dice[0]
        course = trained.histories[stage, "axial"]
        assert before < 0.2, (stage, before)
        assert course.validation_dice[course.best_epoch] > 0.8, (stage, course.validation_dice)
        assert course.loss[-1] < 0.5 * course.loss[0]
        assert course.best_epoch == int(np.argmax(course.validation_dice))
    assert trained.weights.notes["simulated"] == "true"
    frame = trained.to_frame()
    assert list(frame.columns) == [
        "stage", "view", "epoch", "loss", "dice", "validation_loss", "validation_dice", "seconds",
    ]  # fmt: skip
    assert len(frame) == 18
    assert {flag.code for flag in trained.flags} == {"segment.training.untrained"}  # the other views


def test_other_views_start_from_the_axial_network(blocks):
    still = small(learning_rate=1e-12)(blocks)
    for stage in ("WT", "TC", "ET"):
        axial = still.weights.network(stage, "axial").weights
        for view in ("sagittal", "coronal"):
            other = still.weights.network(stage, view).weights
            assert all(np.allclose(axial[name], other[name], atol=1e-9) for name in axial)
    apart = small(learning_rate=1e-12, views_from_axial=False)(blocks)
    assert not np.allclose(
        apart.weights.network("WT", "axial").weights["final_pred.weight"],
        apart.weights.network("WT", "coronal").weights["final_pred.weight"],
    )
    assert still.flags == []


def test_what_is_not_trained_stays_as_it_was(blocks):
    first = random_cascade(7)
    trained = small(stages=["TC"], views=["coronal"])(blocks, initial=first)
    assert list(trained.histories) == [("TC", "coronal")]
    for key, network in trained.weights.networks.items():
        assert (network == first.networks[key]) == (key != ("TC", "coronal"))
    assert trained.weights.notes["source"] == "trained further by bolus from: random"


def test_trained_weights_segment_a_study(blocks, tmp_path):
    trained = small()(blocks)
    bolus.segment.save_cascade(trained.weights, tmp_path / "mine.safetensors")
    weights = load_cascade(tmp_path / "mine.safetensors")
    assert weights == trained.weights
    assert weights.notes["training_cases"] == "3"
    found = SegmentTumour()(blocks[0].load(), weights)
    assert found.labels.array.shape == (24, 24, 24)


# ------------------------------------------------------------------------------------------------------------------ same bits


def test_weights_do_not_depend_on_threads_or_on_where_cases_are_kept(blocks, tmp_path):
    augmentation = PatchAugmentation(flip=True, rotation=20, intensity_scale=0.1, intensity_shift=0.1, noise=0.1)
    runs = [
        small(augmentation=augmentation, threads=threads, scratch=scratch)(blocks[:2], blocks[2:])
        for threads, scratch in ((1, ""), (2, ""), (4, ""), (4, str(tmp_path)))
    ]
    assert list(tmp_path.iterdir()) == []
    for other in runs[1:]:
        assert other.weights == runs[0].weights
        assert other.histories == runs[0].histories
    plain = small()(blocks[:2], blocks[2:])
    assert plain.weights != runs[0].weights
    assert small(seed=1)(blocks[:2], blocks[2:]).weights != plain.weights


def test_a_killed_training_goes_on_with_the_same_bits(blocks, tmp_path):
    options = {"epochs": 3, "view_epochs": 2, "stages": ["WT", "ET"], "views": ["axial", "sagittal"]}
    whole = small(**options)(blocks[:2], blocks[2:])
    done = []

    def stop_after_a_while(stage, batches, total):
        done.append(batches)
        return not (stage.startswith("training") and batches >= 7)

    resumable = small(**options, checkpoint=str(tmp_path / "state"))
    with pytest.raises(bolus.Cancelled):
        resumable(blocks[:2], blocks[2:], progress=stop_after_a_while)
    assert list((tmp_path / "state").iterdir())
    resumed = resumable(blocks[:2], blocks[2:])
    assert resumed.weights == whole.weights
    assert resumed.histories == whole.histories
    again = resumable(blocks[:2], blocks[2:])  # nothing left to do
    assert again.weights == whole.weights

    alone = {**options, "views": ["axial"], "epochs": 4}  # prolonged
    prolonged = small(**alone, checkpoint=str(tmp_path / "state"))(blocks[:2], blocks[2:])
    assert prolonged.histories == small(**alone)(blocks[:2], blocks[2:]).histories
    with pytest.raises(bolus.DataError, match="_axial.*after 4 epochs, of which 3 are asked for"):
        resumable(blocks[:2], blocks[2:])


def test_checkpoints_of_other_trainings_and_damaged_ones_are_refused(blocks, tmp_path):
    options = {"stages": ["WT"], "views": ["axial"], "checkpoint": str(tmp_path)}
    small(**options)(blocks)
    state = tmp_path / "WT_axial.safetensors"
    with pytest.raises(bolus.DataError, match="another training, which differs in seed|first weights"):
        small(**options, seed=3)(blocks)
    with pytest.raises(bolus.DataError, match="differs in the cases"):
        small(**options)(blocks[:2])
    with pytest.raises(bolus.DataError, match="differs in options"):
        small(**options, learning_rate=0.5)(blocks)
    whole = state.read_bytes()
    state.write_bytes(whole[:-10])
    with pytest.raises(bolus.FormatError, match="WT_axial"):
        small(**options)(blocks)
    (tmp_path / "file").write_text("")
    with pytest.raises(bolus.IoError, match="checkpoints"):
        small(**{**options, "checkpoint": str(tmp_path / "file")})(blocks)
    with pytest.raises(bolus.IoError, match="scratch"):
        small(scratch=str(tmp_path / "missing"))(blocks)


# ------------------------------------------------------------------------------------------------------------------ bad input


def other_grid(study: bolus.AlignedStudy) -> bolus.AlignedStudy:
    affine = np.diag([1.0, 1, 1, 1])
    affine[0, 3] = 5
    labels = bolus.LabelMap(np.asarray(study.labels.array), affine)
    return bolus.AlignedStudy(study.structural, labels=labels)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"labels": None}, bolus.DataError, "block 9.*no labels"),
        ({"labels": np.zeros((24, 24, 24), np.uint8)}, bolus.DataError, "block 9.*label map is empty"),
        ({"flair": None}, bolus.DataError, "block 9.*no flair"),
        ({"t2": np.full((24, 24, 24), np.nan, np.float32)}, bolus.DataError, "block 9.*t2.*not finite"),
        ({"t1": np.full((24, 24, 24), 3, np.float32)}, bolus.DataError, "block 9.*same value"),
        ({"t1": np.ones((24, 24, 20), np.float32)}, bolus.GeometryError, "block 9.*t1"),
        ({"labels": np.zeros((24, 24, 20), np.uint8) + 1}, bolus.GeometryError, "block 9.*label map"),
    ],
)
def test_bad_cases_are_named(blocks, changed, error, match):
    with pytest.raises(error, match=f"(?s){match}"):
        small()([blocks[0], block(9, **changed)])


def test_labels_outside_the_brain_or_elsewhere_are_refused(blocks):
    corner = np.zeros((24, 24, 24), np.uint8)
    corner[0, 0, 0] = 4
    padded = {name: np.pad(values, 12) for name, values in arrays_of_block(9).items()}
    padded["labels"] = np.pad(corner, 12)
    with pytest.raises(bolus.DataError, match="outside the brain"):
        small()([block(9, **padded)])
    with pytest.raises(bolus.GeometryError, match="label map"):
        small()([TrainingCase("moved", other_grid(blocks[0].load()))])


def test_a_stage_needs_cases_that_have_what_it_looks_for(blocks):
    without = block(5, labels=np.where(arrays_of_block(5)["labels"] == 4, 1, arrays_of_block(5)["labels"]))
    with pytest.raises(bolus.DataError, match="no training case has any enhancing tumour"):
        small()([without])
    trained = small(stages=["ET"], views=["axial"])([without, *blocks])
    assert "segment.training.no_region" in {flag.code for flag in trained.flags}


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"stages": []}, "stages is empty"),
        ({"views": ["axial", "axial"]}, "views names one twice"),
        ({"views": ["coronal"]}, "does not name 'axial'"),
        ({"slices": 8}, "slices is 8"),
        ({"patch_size": (16, 10, 8)}, "patch_size of TC is 10"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"batch_size": 0}, "batch_size"),
        ({"gradient_clip": -1.0}, "gradient_clip"),
        ({"augmentation": PatchAugmentation(rotation=-3)}, "rotation"),
        ({"validation_patches": 0}, "validation_patches"),
        ({"loss": "l2"}, "loss"),
        ({"stages": ["ED"]}, "stage"),
    ],
)
def test_options_out_of_range_are_named(blocks, options, match):
    with pytest.raises((bolus.OptionError, TypeError), match=match):
        small(**options)(blocks)


def test_cases_must_be_there_once_and_with_a_weight(blocks):
    with pytest.raises(bolus.DataError, match="no cases"):
        small()([])
    with pytest.raises(bolus.DataError, match="among the training and the validation"):
        small()(blocks, blocks[:1])
    with pytest.raises(bolus.DataError, match="weight 0"):
        small()([TrainingCase("none", blocks[0].load(), weight=0.0)])


def test_training_that_diverges_says_so(blocks):
    with pytest.raises(bolus.ConvergenceError, match="diverged.*learning_rate"):
        small(epoch_batches=8, learning_rate=1e38, stages=["WT"], views=["axial"])(blocks)


# ------------------------------------------------------------------------------------------------------------- files, command


def write_case(folder, seed: int, names: dict[str, str], enhancing: int = 4) -> None:
    folder.mkdir(parents=True)
    arrays = arrays_of_block(seed)
    arrays["labels"] = np.where(arrays["labels"] == 4, enhancing, arrays["labels"]).astype(np.uint8)
    for name, values in arrays.items():
        nibabel.save(
            nibabel.Nifti1Image(values, np.diag([-1.0, -1, 1, 1])), folder / f"{folder.name}{names[name]}.nii.gz"
        )


NAMES = {"flair": "_flair", "t1": "_t1", "cet1": "_t1ce", "t2": "_t2", "labels": "_seg"}
NAMES_2023 = {"flair": "-t2f", "t1": "-t1n", "cet1": "-t1c", "t2": "-t2w", "labels": "-seg"}


def test_folders_of_both_layouts_are_read(tmp_path):
    write_case(tmp_path / "BraTS2021_00001", 1, NAMES)
    write_case(tmp_path / "BraTS-GLI-00002-000", 2, NAMES_2023, enhancing=3)
    cases = training_cases(tmp_path)
    assert [one.name for one in cases] == ["BraTS-GLI-00002-000", "BraTS2021_00001"]
    for one, seed in zip(cases, (2, 1), strict=True):
        study = one.load()
        assert sorted(study.structural) == ["cet1", "flair", "t1", "t2"]
        np.testing.assert_array_equal(study.labels.array, arrays_of_block(seed)["labels"])


def test_folders_that_lack_something_are_listed_at_once(tmp_path):
    with pytest.raises(bolus.IoError, match="not a folder"):
        training_cases(tmp_path / "missing")
    with pytest.raises(bolus.DataError, match="holds no folder"):
        training_cases(tmp_path)
    write_case(tmp_path / "a", 1, NAMES)
    write_case(tmp_path / "b", 1, NAMES)
    (tmp_path / "b" / "b_seg.nii.gz").unlink()
    write_case(tmp_path / "c", 1, NAMES)
    (tmp_path / "c" / "c_t2.nii.gz").unlink()
    (tmp_path / "d").mkdir()
    with pytest.raises(
        bolus.DataError, match=r"(?s)3 of 4 case folders.*b: lacks seg.*c: lacks t2.*d: lacks"
    ) as failure:
        training_cases(tmp_path)
    assert "a: lacks" not in str(failure.value)


def test_cases_are_held_out_at_random_but_reproducibly(blocks):
    cases = [TrainingCase(str(i), blocks[0].load()) for i in range(20)]
    training, held_out = hold_out(cases, 0.25, seed=1)
    names = [one.name for one in training], [one.name for one in held_out]
    assert len(names[1]) == 5 and sorted(names[0] + names[1]) == sorted(str(i) for i in range(20))
    assert names == tuple([one.name for one in part] for part in hold_out(cases, 0.25, seed=1))
    assert names[1] != [one.name for one in hold_out(cases, 0.25, seed=2)[1]]
    assert hold_out(cases, 0.0)[1] == []
    with pytest.raises(bolus.DataError, match="none would be left"):
        hold_out(cases[:1], 0.5)
    with pytest.raises(bolus.OptionError, match="fraction"):
        hold_out(cases, 0.7)


def test_the_command_trains_on_a_folder(tmp_path):
    for seed in range(3):
        write_case(tmp_path / "cases" / f"case{seed}", seed, NAMES)
    output = tmp_path / "mine.safetensors"
    words = [
        "segment", "train", str(tmp_path / "cases"), "-o", str(output), "--epochs", "2", "--view-epochs", "1",
        "--epoch-batches", "1", "--batch-size", "2", "--slices", "9", "--patch-size", "16", "12", "8",
        "--validation", "0.3", "--stage", "WT", "--view", "axial", "--view", "coronal", "--loss", "dice_cross_entropy",
        "--learning-rate", "0.002", "--flip", "--rotation", "5", "--intensity-scale", "0.1", "--intensity-shift", "0.1",
        "--noise", "0.1", "--device", "cpu", "--checkpoint", str(tmp_path / "state"), "--scratch", str(tmp_path),
        "--seed", "2", "--threads", "1",
    ]  # fmt: skip
    said = " ".join(command(*words).split())
    assert "WT axial" in said and "trained on 2 cases, judged on patches of 1" in said
    assert load_cascade(output).notes["training_cases"] == "2"
    course = pd.read_csv(tmp_path / "mine.csv")
    assert list(course["view"]) == ["axial", "axial", "coronal"]
    assert "exists already" in command(*words, code=1)
    further = tmp_path / "further.safetensors"
    further.write_bytes(b"of before")
    command(*words[:4], further, *words[5:-8], "--initial", output, "--overwrite")
    assert load_cascade(further).notes["training_cases"] == "2"
