"""The simulated head and the series on it: known truth, and what other software sees in it."""

import pickle

import numpy as np
import pytest

import bolus
from bolus import dsc, simulate


@pytest.fixture(scope="module")
def head():
    return simulate.HeadPhantom(size=(38, 46, 38), spacing=(5, 5, 5))()


@pytest.fixture(scope="module")
def grid():
    return simulate.HeadPhantom.centred_grid((64, 64, 10), (3.6, 3.6, 8))


def clean(**options):
    return simulate.PerfusionPhantom(signal_to_noise=np.inf, texture=0, **options)


def pure(study, tissue):
    """Voxels that hold one tissue only."""
    share = study.shares[..., simulate.TISSUE_CLASSES.index(tissue)]
    return (share > 0.9999) & (study.brain.array > 0)


class TestHead:
    def test_images_and_truth_are_images_of_the_package(self, head):
        assert head.t1.array.shape == (38, 46, 38)
        assert head.contrast_t1.array.dtype == np.float32
        np.testing.assert_array_equal(head.image("cet1").array, head.contrast_t1.array)
        np.testing.assert_allclose(head.t2.affine, head.labels.affine)
        assert all(head.labels.volume(region) > 0 for region in ("ET", "NET", "ED"))
        assert head.provenance.simulated
        table = head.to_frame().set_index("tissue")
        assert list(table.index) == list(simulate.TISSUE_CLASSES)
        assert 300 < table.volume_ml["grey_matter"] < 800
        assert "HeadStudy" in repr(head) and "<table" in head._repr_html_()

    def test_the_bias_field_is_a_factor(self):
        options = dict(size=(38, 46, 38), spacing=(5, 5, 5), signal_to_noise=np.inf)
        plain, biased = simulate.HeadPhantom(bias=0, **options)(), simulate.HeadPhantom(bias=0.3, **options)()
        for name in ("t1", "t2", "flair", "cet1"):
            expected = plain.image(name).array * biased.bias_fields[name].array
            np.testing.assert_allclose(biased.image(name).array, expected, rtol=1e-4)

    def test_the_misalignment_is_what_scipy_needs_to_align_the_images(self):
        ndimage = pytest.importorskip("scipy.ndimage")
        options = dict(bias=0, texture=0, signal_to_noise=np.inf, seed=3)
        moved = simulate.HeadPhantom(**options)()
        still = simulate.HeadPhantom(rotation=0, translation=0, **options)()
        lps = np.diag([-1.0, -1, 1, 1]) @ still.t1.affine  # index to LPS mm
        for name in ("t1", "t2", "flair"):
            matrix = moved.misalignment[name]
            index = np.linalg.inv(lps) @ matrix @ lps
            back = ndimage.affine_transform(moved.image(name).array, index[:3, :3], index[:3, 3], order=1)
            brain = still.brain.array > 0
            expected = still.image(name).array[brain]
            before = np.abs(moved.image(name).array[brain] - expected).mean()
            assert np.abs(back[brain] - expected).mean() < 0.35 * before
            angle = np.degrees(np.arccos((np.trace(matrix[:3, :3]) - 1) / 2))
            assert 2.5 <= angle <= 5 * np.sqrt(3)
        np.testing.assert_array_equal(moved.misalignment["cet1"], np.eye(4))

    def test_same_seed_same_head_on_any_number_of_threads(self):
        options = dict(size=(38, 46, 38), spacing=(5, 5, 5))
        one = simulate.HeadPhantom(threads=1, **options)()
        for threads in (2, 4):
            other = simulate.HeadPhantom(threads=threads, **options)()
            np.testing.assert_array_equal(one.flair.array, other.flair.array)
            np.testing.assert_array_equal(one.tissue.array, other.tissue.array)
        assert not np.array_equal(one.flair.array, simulate.HeadPhantom(seed=1, **options)().flair.array)

    def test_a_modality_may_have_its_own_grid(self):
        thick = simulate.HeadPhantom.centred_grid((64, 76, 24), (3, 3, 8))
        head = simulate.HeadPhantom(size=(38, 46, 38), spacing=(5, 5, 5), grids={"flair": thick})()
        assert head.flair.array.shape == (64, 76, 24)
        assert head.bias_fields["flair"].geometry == thick

    def test_pickles(self, head):
        again = pickle.loads(pickle.dumps(head))
        np.testing.assert_array_equal(again.t1.array, head.t1.array)
        np.testing.assert_array_equal(again.misalignment["t2"], head.misalignment["t2"])
        assert again.labels.volume("WT") == head.labels.volume("WT")
        assert again.provenance.simulated and again.phantom.size == head.phantom.size
        phantom = simulate.HeadPhantom(seed=4, tumour_centre=(30, 0, 20))
        assert repr(pickle.loads(pickle.dumps(phantom))) == repr(phantom)

    @pytest.mark.parametrize(
        "wrong",
        [
            dict(core_radius=0),
            dict(bias=float("nan")),
            dict(signal_to_noise=0),
            dict(tumour_centre=(300, 0, 0)),
            dict(rotation=-1),
            dict(threads=-1),
        ],
    )
    def test_refuses_impossible_options(self, wrong):
        with pytest.raises(bolus.OptionError):
            simulate.HeadPhantom(**{"size": (20, 20, 20), "spacing": (10, 10, 10), **wrong})()

    def test_refuses_impossible_grids(self):
        with pytest.raises(bolus.GeometryError):
            simulate.HeadPhantom(size=(0, 20, 20))()
        with pytest.raises(bolus.OptionError, match="flair"):
            simulate.HeadPhantom(grids={"dwi": simulate.HeadPhantom.centred_grid((4, 4, 4), (9, 9, 9))})

    def test_progress_can_stop(self):
        with pytest.raises(bolus.Cancelled):
            simulate.HeadPhantom(threads=1)(progress=lambda *_: False)


class TestSeries:
    def test_noise_free_voxels_give_the_true_blood_volume_back(self, head, grid):
        arterial = dsc.GammaVariate(recirculation=0, equilibrium=0)
        tissue = simulate.TissueParameters(blood_volume=7.0, mean_transit_time=6.0)
        phantom = clean(arterial_input=arterial, non_enhancing=tissue, volumes=100, heterogeneity=0.3)
        study = phantom(head, grid)
        white = pure(study, "white_matter")
        array = np.maximum(study.series.array.astype(float), 1e-3)
        area = np.trapezoid(-np.log(array / array[..., :1]) / 0.03, dx=1.5)
        found = area / area[white].mean() * 2
        for name in ("grey_matter", "non_enhancing", "oedema"):
            voxels = pure(study, name)
            assert voxels.any()
            np.testing.assert_allclose(found[voxels], study.blood_volume.array[voxels], rtol=0.01)

    def test_true_maps_obey_the_central_volume_theorem(self, head, grid):
        study = clean(volumes=12, heterogeneity=0.2)(head, grid)
        volume, flow, transit = (
            getattr(study, name).array for name in ("blood_volume", "blood_flow", "mean_transit_time")
        )
        np.testing.assert_allclose(60 * volume, flow * transit, rtol=1e-4)
        x, y, z = np.argwhere(pure(study, "grey_matter"))[0]
        times = np.linspace(0, 100, 10001)
        residue = study.residue(x, y, z, times)
        assert np.trapezoid(residue, times) == pytest.approx(transit[x, y, z], rel=0.01)
        with pytest.raises(bolus.ShapeError):
            study.residue(64, 0, 0, times)

    def test_leakage_has_either_sign_by_physics(self, head, grid):
        tissue = simulate.TissueParameters(blood_volume=6, transfer_constant=0.02, t1=1.3)
        signs = {}
        for flip in (20.0, 90.0):
            phantom = clean(sequence=simulate.GradientEcho(flip_angle=flip), non_enhancing=tissue)
            study = phantom(head, grid)
            array = np.maximum(study.series.array.astype(float), 1e-3)
            curves = -np.log(array / array[..., :1]) / 0.03
            reference = curves[pure(study, "white_matter")].mean(axis=0)
            integral = np.concatenate([[0], np.cumsum(0.75 * (reference[1:] + reference[:-1]))])
            curve = curves[pure(study, "non_enhancing")].mean(axis=0)
            (_, k2), *_ = np.linalg.lstsq(np.stack([reference, -integral], 1), curve, rcond=None)
            expected = study.leakage_rate.array[pure(study, "non_enhancing")].mean()
            assert k2 == pytest.approx(expected, rel=0.35)
            signs[flip] = np.sign(k2)
        assert signs == {20.0: -1.0, 90.0: 1.0}

    def test_arteries_fall_first_and_veins_last(self, head, grid):
        truth = clean()(head, grid).truth
        assert truth["AIF"].argmin() < truth["grey_matter"].argmin() < truth["vein"].argmin()

    def test_motion_is_returned(self, head, grid):
        still = clean(volumes=10)(head, grid)
        moving = clean(volumes=10, motion_translation=2.0, motion_rotation=1.0)(head, grid)
        assert moving.motion.shape == (10, 4, 4)
        np.testing.assert_array_equal(moving.motion[0], np.eye(4))
        np.testing.assert_array_equal(still.motion, np.broadcast_to(np.eye(4), (10, 4, 4)))
        assert 0.1 < np.abs(moving.motion[:, :3, 3]).max() <= 2.2
        np.testing.assert_array_equal(moving.series.array[..., 0], still.series.array[..., 0])

    def test_becomes_files_and_comes_back(self, head, grid, tmp_path):
        study = simulate.PerfusionPhantom(volumes=15)(head, grid)
        if not hasattr(bolus._core, "io"):
            pytest.skip("built without imaging")
        bolus.io.write_perfusion_series(tmp_path / "dsc.nii.gz", study.series)
        bolus.io.write_image(tmp_path / "cbv.nii.gz", study.blood_volume)
        again = bolus.io.read_perfusion_series(tmp_path / "dsc.nii.gz")
        np.testing.assert_array_equal(again.array, study.series.array)
        np.testing.assert_allclose(again.affine, study.series.affine, atol=1e-4)
        assert again.simulated and again.echo_time == pytest.approx(0.03)

    def test_region_curves_and_frames(self, head, grid):
        study = simulate.PerfusionPhantom()(head, grid)
        curves = dsc.RegionCurves()(study.series, study.labels, study.arterial)
        assert curves.names == ["ET", "NET", "ED", "WT", "AIF"]
        table = study.to_frame().set_index("tissue")
        assert table.blood_volume["grey_matter"] > table.blood_volume["white_matter"]
        assert "<table" in study._repr_html_()

    def test_pickles(self, head, grid):
        study = simulate.PerfusionPhantom(volumes=10, motion_translation=1)(head, grid)
        again = pickle.loads(pickle.dumps(study))
        np.testing.assert_array_equal(again.series.array, study.series.array)
        np.testing.assert_array_equal(again.shares, study.shares)
        np.testing.assert_array_equal(again.motion, study.motion)
        phantom = simulate.PerfusionPhantom(heterogeneity=0.3, preload=simulate.Preload(dose=0.5))
        assert repr(pickle.loads(pickle.dumps(phantom))) == repr(phantom)

    @pytest.mark.parametrize(
        "wrong",
        [
            dict(heterogeneity=2),
            dict(drift=1),
            dict(motion_rotation=-1),
            dict(misalignment=2 * np.eye(4)),
            dict(artery_threshold=0),
            dict(preload=simulate.Preload(dose=-1)),
            dict(sequence=simulate.GradientEcho(dummy_scans=-3)),
            dict(sequence=simulate.GradientEcho(echo_time=0)),
        ],
    )
    def test_refuses_impossible_options(self, head, grid, wrong):
        with pytest.raises(bolus.OptionError):
            simulate.PerfusionPhantom(**wrong)(head, grid)

    def test_refuses_a_grid_beside_the_head(self, head):
        far = bolus.Geometry((8, 8, 8), origin=(1000, 0, 0))
        with pytest.raises(bolus.DataError, match="no brain"):
            simulate.PerfusionPhantom()(head, far)


class TestPhysics:
    def test_gamma_transit_times_are_scipys(self):
        from scipy.stats import gamma

        tissue = simulate.TissueParameters(mean_transit_time=6, residue="gamma", transit_shape=2.5)
        times = np.linspace(0, 40, 200)
        np.testing.assert_allclose(tissue.residue_at(times), gamma.sf(times, 2.5, scale=6 / 2.5), atol=1e-12)
        h = 0.01
        fine = h * np.arange(9000)
        arterial = dsc.GammaVariate()
        input_ = arterial(fine)
        residue = gamma.sf(fine, 2.5, scale=6 / 2.5)
        expected = 0.02 / 6 * (np.convolve(input_, residue)[: len(fine)] - 0.5 * input_) * h
        found = simulate.TissueModel()(arterial, tissue, fine[::150]).vascular
        np.testing.assert_allclose(found, expected[::150], atol=2e-3 * expected.max())

    def test_dispersion_is_a_convolution_with_an_exponential(self):
        tissue = simulate.TissueParameters(mean_transit_time=4, dispersion=3.0, residue="box")
        h = 0.01
        fine = h * np.arange(9000)
        arterial = dsc.GammaVariate()
        smeared = np.convolve(arterial(fine), np.exp(-fine / 3) / 3)[: len(fine)] * h
        expected = 0.02 / 4 * np.convolve(smeared, fine < 4)[: len(fine)] * h
        found = simulate.TissueModel()(arterial, tissue, fine[::150]).vascular
        np.testing.assert_allclose(found, expected[::150], atol=4e-3 * expected.max())

    def test_the_first_volumes_are_on_their_way_to_the_steady_state(self):
        tissue = simulate.TissueParameters(t1=1.4)
        concentration = simulate.TissueModel()(dsc.GammaVariate(), tissue, 1.5 * np.arange(8))
        signal = simulate.GradientEcho(flip_angle=60, dummy_scans=0).tissue(tissue, concentration)
        steady = simulate.GradientEcho(flip_angle=60).tissue(tissue, concentration)
        magnetisation, e1 = 1.0, np.exp(-1.5 / 1.4)
        for n in range(8):
            assert signal[n] / steady[n] == pytest.approx(magnetisation * (1 - 0.5 * e1) / (1 - e1))
            magnetisation = 1 - (1 - 0.5 * magnetisation) * e1

    def test_blood_is_linear_or_quadratic(self):
        for field in (1.5, 3.0):
            linear, quadratic = (simulate.Relaxivity.at_field(field, blood) for blood in ("linear", "quadratic"))
            assert linear.blood_quadratic == 0
            assert 6 * linear.blood_linear == pytest.approx(6 * quadratic.blood_linear + 36 * quadratic.blood_quadratic)
        with pytest.raises(bolus.OptionError, match="linear"):
            simulate.Relaxivity.at_field(3.0, "cubic")

    def test_protocols_of_a_cohort_may_differ(self):
        protocols = [
            simulate.ScanProtocol("slow", repetition_time=2.2, volumes=45),
            simulate.ScanProtocol("preload", preload=0.5),
        ]
        cohort = simulate.CohortSimulator(patients=20, protocols=protocols)()
        assert {(p.protocol.name, len(p.curves.times)) for p in cohort.patients} == {("slow", 45), ("preload", 60)}
        with pytest.raises(bolus.Error):
            cohort.dataset()
