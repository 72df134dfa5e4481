"""
Simulated perfusion with known truth.
"""
from __future__ import annotations
import bolus._core.core
import bolus._core.dsc
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['CohortSimulator', 'Demographics', 'GradientEcho', 'HeadPhantom', 'HeadStudy', 'PerfusionPhantom', 'PhantomStudy', 'Preload', 'Relaxivity', 'ScanProtocol', 'SimulatedCohort', 'SimulatedPatient', 'TISSUE_CLASSES', 'TissueConcentration', 'TissueModel', 'TissueParameters', 'default_scan_protocols', 'shrink_labels', 'shrink_mask']
class TissueParameters:
    """
    What a tissue is to perfusion imaging; by default white matter at 3 T.
    
    Parameters
    ----------
    blood_volume : float
        CBV, mL/100 mL.
    mean_transit_time : float
        MTT, s.
    delay : float
        Arrival after the arterial input function, s.
    residue : {'exponential', 'box', 'gamma'}
        Distribution of transit times.
    transfer_constant : float
        Ktrans, 1/min; 0 with an intact blood-brain barrier.
    extravascular_volume : float
        ve, a fraction.
    t1, t2_star : float
        s, before contrast agent.
    equilibrium_signal : float
        Scanner units.
    dispersion : float
        s: mean of the exponential that smears the arterial input on its way to the tissue.
    transit_shape : float
        Shape of the gamma distribution of transit times; 1 is exponential.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, blood_volume: typing.SupportsFloat | typing.SupportsIndex = 2.0, mean_transit_time: typing.SupportsFloat | typing.SupportsIndex = 5.0, delay: typing.SupportsFloat | typing.SupportsIndex = 0.0, residue: typing.Literal['exponential', 'box', 'gamma'] = 'exponential', transfer_constant: typing.SupportsFloat | typing.SupportsIndex = 0.0, extravascular_volume: typing.SupportsFloat | typing.SupportsIndex = 0.2, t1: typing.SupportsFloat | typing.SupportsIndex = 0.9, t2_star: typing.SupportsFloat | typing.SupportsIndex = 0.05, equilibrium_signal: typing.SupportsFloat | typing.SupportsIndex = 1000.0, dispersion: typing.SupportsFloat | typing.SupportsIndex = 0.0, transit_shape: typing.SupportsFloat | typing.SupportsIndex = 3.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def residue_at(self, time: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> typing.Any:
        """
        R(t): share of agent still in the capillaries `time` s after it arrived there; 0 before.
        """
    @property
    def blood_flow(self) -> float:
        """
        CBF, mL/100 mL/min.
        """
    @property
    def blood_volume(self) -> float:
        """
        mL/100 mL
        """
    @blood_volume.setter
    def blood_volume(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def delay(self) -> float:
        """
        s
        """
    @delay.setter
    def delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def dispersion(self) -> float:
        """
        s
        """
    @dispersion.setter
    def dispersion(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def equilibrium_signal(self) -> float:
        """
        Scanner units.
        """
    @equilibrium_signal.setter
    def equilibrium_signal(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def extravascular_volume(self) -> float:
        """
        Fraction.
        """
    @extravascular_volume.setter
    def extravascular_volume(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def mean_transit_time(self) -> float:
        """
        s
        """
    @mean_transit_time.setter
    def mean_transit_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def residue(self) -> typing.Literal['exponential', 'box', 'gamma']:
        """
        'exponential', 'box' or 'gamma'
        """
    @residue.setter
    def residue(self, arg0: typing.Literal['exponential', 'box', 'gamma']) -> None:
        ...
    @property
    def t1(self) -> float:
        """
        s
        """
    @t1.setter
    def t1(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def t2_star(self) -> float:
        """
        s
        """
    @t2_star.setter
    def t2_star(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def transfer_constant(self) -> float:
        """
        1/min
        """
    @transfer_constant.setter
    def transfer_constant(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def transit_shape(self) -> float:
        """
        Of the gamma distribution.
        """
    @transit_shape.setter
    def transit_shape(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class Preload:
    """
    An earlier injection of the same agent.
    
    Parameters
    ----------
    dose : float
        Over that of the main bolus; 0: no preload.
    interval : float
        s from the preload to the main bolus.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, dose: typing.SupportsFloat | typing.SupportsIndex = 0.0, interval: typing.SupportsFloat | typing.SupportsIndex = 360.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def dose(self) -> float:
        """
        Over the main bolus's.
        """
    @dose.setter
    def dose(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def interval(self) -> float:
        """
        s
        """
    @interval.setter
    def interval(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class TissueConcentration:
    """
    Contrast agent in a tissue over time, mmol/L of tissue.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        ...
    @property
    def extravascular(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Leaked out of them (t,).
        """
    @property
    def vascular(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        In the capillaries (t,).
        """
class TissueModel:
    """
    Concentration in tissue from the arterial one: CBF Ca * R, and extended Tofts for leakage.
    
    Parameters
    ----------
    haematocrit : float
        Share of red cells in blood; only plasma leaks.
    step : float
        s between the samples of the inner grid.
    preload : Preload
        What an earlier injection has left is there from the start.
    """
    def __call__(self, arterial: bolus._core.dsc.GammaVariate, tissue: TissueParameters, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> TissueConcentration:
        """
        TissueConcentration at `times` (s). Raises OptionError, DataError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, haematocrit: typing.SupportsFloat | typing.SupportsIndex = 0.42, step: typing.SupportsFloat | typing.SupportsIndex = 0.1, preload: Preload = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def arterial(self, bolus: bolus._core.dsc.GammaVariate, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Arterial concentration (t,) in mM, with what the preload has left.
        """
    def from_samples(self, input: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], start: typing.SupportsFloat | typing.SupportsIndex, tissue: TissueParameters, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> TissueConcentration:
        """
        TissueConcentration for an arterial concentration given as samples `step` s apart from `start` s on.
        """
    @property
    def haematocrit(self) -> float:
        """
        Fraction.
        """
    @haematocrit.setter
    def haematocrit(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def preload(self) -> Preload:
        """
        An earlier injection.
        """
    @preload.setter
    def preload(self, arg0: Preload) -> None:
        ...
    @property
    def step(self) -> float:
        """
        s
        """
    @step.setter
    def step(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class Relaxivity:
    """
    How strongly contrast agent changes relaxation; by default at 3 T.
    
    Parameters
    ----------
    r1 : float
        1/(s mM), of extravascular agent.
    r2_star_vascular, r2_star_extravascular : float
        1/(s mM), per mmol per litre of tissue.
    blood_linear, blood_quadratic : float
        1/(s mM) and 1/(s mM^2), in arterial blood.
    """
    @staticmethod
    def at_field(field_strength: typing.SupportsFloat | typing.SupportsIndex, blood: typing.Literal['quadratic', 'linear'] = 'quadratic') -> Relaxivity:
        """
        The values for a field strength in T; blood 'quadratic' or 'linear' (the same R2* at 6 mM).
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, r1: typing.SupportsFloat | typing.SupportsIndex = 5.0, r2_star_vascular: typing.SupportsFloat | typing.SupportsIndex = 87.0, r2_star_extravascular: typing.SupportsFloat | typing.SupportsIndex = 20.0, blood_linear: typing.SupportsFloat | typing.SupportsIndex = 2.62, blood_quadratic: typing.SupportsFloat | typing.SupportsIndex = 0.49) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def blood_linear(self) -> float:
        """
        1/(s mM)
        """
    @blood_linear.setter
    def blood_linear(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def blood_quadratic(self) -> float:
        """
        1/(s mM^2)
        """
    @blood_quadratic.setter
    def blood_quadratic(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def r1(self) -> float:
        """
        1/(s mM)
        """
    @r1.setter
    def r1(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def r2_star_extravascular(self) -> float:
        """
        1/(s mM)
        """
    @r2_star_extravascular.setter
    def r2_star_extravascular(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def r2_star_vascular(self) -> float:
        """
        1/(s mM)
        """
    @r2_star_vascular.setter
    def r2_star_vascular(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class GradientEcho:
    """
    Signal of a spoiled gradient-echo (EPI) sequence.
    
    Parameters
    ----------
    echo_time, repetition_time : float
        s.
    flip_angle : float
        Degrees.
    relaxivity : Relaxivity
        Of the contrast agent at the field strength.
    dummy_scans : int, optional
        Excitations before the first sample of a series, from 0 on: its first samples are then brighter. None: the steady state is
        reached.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, echo_time: typing.SupportsFloat | typing.SupportsIndex = 0.03, repetition_time: typing.SupportsFloat | typing.SupportsIndex = 1.5, flip_angle: typing.SupportsFloat | typing.SupportsIndex = 35.0, relaxivity: Relaxivity = ..., dummy_scans: typing.SupportsInt | typing.SupportsIndex | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def blood(self, concentration: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], equilibrium_signal: typing.SupportsFloat | typing.SupportsIndex, r1: typing.SupportsFloat | typing.SupportsIndex = 0.6, r2_star: typing.SupportsFloat | typing.SupportsIndex = 15.0) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Signal (t,) of arterial blood with a concentration in mM.
        """
    def leakage_rate(self, tissue: TissueParameters, reference_blood_volume: typing.SupportsFloat | typing.SupportsIndex, haematocrit: typing.SupportsFloat | typing.SupportsIndex = 0.42) -> float:
        """
        K2 (1/s) of a tissue's leakage to first order; above 0 where T1 wins.
        """
    def leakage_relaxivity(self, t1: typing.SupportsFloat | typing.SupportsIndex) -> float:
        """
        Change of the apparent dR2* per mM of agent outside the capillaries, 1/(s mM); below 0, T1 wins.
        """
    def signal(self, equilibrium_signal: typing.SupportsFloat | typing.SupportsIndex, r1: typing.SupportsFloat | typing.SupportsIndex, r2_star: typing.SupportsFloat | typing.SupportsIndex) -> float:
        """
        Signal for relaxation rates in 1/s.
        """
    def steady_state_factors(self, parameters: TissueParameters, extravascular: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Longitudinal magnetisation over that of the steady state in each sample (t,).
        """
    def tissue(self, parameters: TissueParameters, concentration: TissueConcentration) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Signal (t,) of a tissue with contrast agent in it.
        """
    def tissue_signal(self, parameters: TissueParameters, vascular: typing.SupportsFloat | typing.SupportsIndex, extravascular: typing.SupportsFloat | typing.SupportsIndex) -> float:
        """
        Signal of a tissue in the steady state with agent (mM of tissue) inside and outside its capillaries.
        """
    @property
    def dummy_scans(self) -> int | None:
        """
        Excitations before the first sample, or None.
        """
    @dummy_scans.setter
    def dummy_scans(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    @property
    def echo_time(self) -> float:
        """
        s
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def flip_angle(self) -> float:
        """
        Degrees.
        """
    @flip_angle.setter
    def flip_angle(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def relaxivity(self) -> Relaxivity:
        """
        Of the contrast agent.
        """
    @relaxivity.setter
    def relaxivity(self, arg0: Relaxivity) -> None:
        ...
    @property
    def repetition_time(self) -> float:
        """
        s
        """
    @repetition_time.setter
    def repetition_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class ScanProtocol:
    """
    A DSC protocol of a simulated cohort.
    
    Parameters
    ----------
    name : str
    field_strength : float
        T.
    echo_time : float
        s.
    flip_angle : float
        Degrees.
    share : float
        Of the patients, relative to the other protocols.
    repetition_time : float, optional
        TR, s; the cohort's `time_step` when None.
    volumes : int, optional
        Samples of each curve; those of the cohort when None.
    preload : float
        Dose of an earlier injection over that of the main one.
    """
    name: str
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, name: str = '', field_strength: typing.SupportsFloat | typing.SupportsIndex = 3.0, echo_time: typing.SupportsFloat | typing.SupportsIndex = 0.03, flip_angle: typing.SupportsFloat | typing.SupportsIndex = 35.0, share: typing.SupportsFloat | typing.SupportsIndex = 1.0, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, volumes: typing.SupportsInt | typing.SupportsIndex | None = None, preload: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def sequence(self, time_step: typing.SupportsFloat | typing.SupportsIndex) -> GradientEcho:
        """
        The GradientEcho at its own repetition time, or else at `time_step` s.
        """
    @property
    def echo_time(self) -> float:
        """
        s
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def field_strength(self) -> float:
        """
        T
        """
    @field_strength.setter
    def field_strength(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def flip_angle(self) -> float:
        """
        Degrees.
        """
    @flip_angle.setter
    def flip_angle(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def preload(self) -> float:
        """
        Dose over the main one's.
        """
    @preload.setter
    def preload(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def repetition_time(self) -> float | None:
        """
        s, or None.
        """
    @repetition_time.setter
    def repetition_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def share(self) -> float:
        """
        Of the patients.
        """
    @share.setter
    def share(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def volumes(self) -> int | None:
        """
        Samples, or None.
        """
    @volumes.setter
    def volumes(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
class Demographics:
    """
    What is known about a patient besides images.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, grade: typing.SupportsInt | typing.SupportsIndex = 4, idh_mutant: bool = False, codeleted: bool = False, age: typing.SupportsFloat | typing.SupportsIndex = 0.0, male: bool = True, enhancement: bool = True, mean_rcbv: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def age(self) -> float:
        """
        Years.
        """
    @age.setter
    def age(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def codeleted(self) -> bool:
        """
        1p/19q codeletion.
        """
    @codeleted.setter
    def codeleted(self, arg0: bool) -> None:
        ...
    @property
    def enhancement(self) -> bool:
        """
        Takes up contrast agent.
        """
    @enhancement.setter
    def enhancement(self, arg0: bool) -> None:
        ...
    @property
    def grade(self) -> int:
        """
        WHO grade, 2 to 4.
        """
    @grade.setter
    def grade(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def idh_mutant(self) -> bool:
        """
        IDH genotype.
        """
    @idh_mutant.setter
    def idh_mutant(self, arg0: bool) -> None:
        ...
    @property
    def male(self) -> bool:
        """
        Sex.
        """
    @male.setter
    def male(self, arg0: bool) -> None:
        ...
    @property
    def mean_rcbv(self) -> float:
        """
        Mean blood volume over white matter's.
        """
    @mean_rcbv.setter
    def mean_rcbv(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class SimulatedPatient:
    """
    A patient who does not exist, with the truth behind the curves.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def age(self) -> float:
        """
        Years.
        """
    @property
    def arterial(self) -> bolus._core.dsc.GammaVariate:
        """
        True arterial concentration, a GammaVariate.
        """
    @property
    def codeleted(self) -> bool:
        """
        1p/19q codeletion.
        """
    @property
    def curves(self) -> bolus._core.core.CurveSet:
        """
        CurveSet of the signal of ET, NET, ED, WT, AIF.
        """
    @property
    def demographics(self) -> Demographics:
        """
        Demographics.
        """
    @property
    def enhancement(self) -> bool:
        """
        Takes up contrast agent.
        """
    @property
    def grade(self) -> int:
        """
        WHO grade, 2 to 4.
        """
    @property
    def id(self) -> str:
        """
        sim-0001 and so on.
        """
    @property
    def idh_mutant(self) -> bool:
        """
        IDH genotype.
        """
    @property
    def mean_rcbv(self) -> float:
        """
        True mean blood volume over white matter's.
        """
    @property
    def protocol(self) -> ScanProtocol:
        """
        ScanProtocol.
        """
    @property
    def sex(self) -> str:
        ...
    @property
    def tissues(self) -> list[TissueParameters]:
        """
        True TissueParameters of ET, NET, ED.
        """
class SimulatedCohort:
    """
    Simulated patients, and the input of the model made from them.
    """
    def __getitem__(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> SimulatedPatient:
        ...
    def __getstate__(self) -> tuple[list[SimulatedPatient], int | None]:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def dataset(self, windows: bolus._core.dsc.SlidingWindows = ..., target: typing.Literal['idh', 'codeletion'] = 'idh') -> bolus._core.core.Dataset:
        """
        Windows of the target's patients, curves z-normalised, as a Dataset.
        
        Parameters
        ----------
        windows : bolus.dsc.SlidingWindows
        target : {'idh', 'codeletion'}
            'idh': all patients, label 1 for IDH-mutant. 'codeletion': IDH-mutant patients alone, label 1 for 1p/19q codeleted.
        """
    def to_frame(self) -> typing.Any:
        """
        One row per patient as a pandas DataFrame.
        """
    @property
    def patients(self) -> list[SimulatedPatient]:
        """
        List of SimulatedPatient.
        """
    @property
    def provenance(self) -> bolus._core.core.Provenance:
        """
        Always marked as simulated.
        """
class CohortSimulator:
    """
    Simulates a cohort with the demographics of Choi et al. 2019.
    
    Counts, ages, sexes and rCBV are published; how much permeability and transit separate the genotypes beyond rCBV is not, and
    is the one free parameter `genotype_effect`. Its default was set so that a linear classifier on aligned curves has a
    cross-validated AUC near the 0.96 that the paper reports: an AUC near that on this cohort was put in, not found. Results on it
    show that software works, and nothing about patients.
    
    Parameters
    ----------
    patients : int
        463 gives the published groups exactly; other numbers scale them.
    seed : int
        Same seed, same cohort, on any number of threads.
    volumes : int
        Samples of each curve.
    time_step : float
        TR, s.
    genotype_effect : float
        0: genotypes differ in rCBV and age only; 1: the default separation.
    signal_to_noise : float
        Median over patients, of a region's mean curve.
    protocols : sequence of ScanProtocol
        Given out independently of the genotype.
    threads : int
        0: all cores.
    age_rcbv_correlation : float
        Of age and rCBV within each grade and genotype; not published, so 0.
    codeletion_rcbv_correlation : float
        Of 1p/19q codeletion and rCBV within the mutants of each grade. Above 0 the codeleted have the higher rCBV, as
        oligodendrogliomas have; at 0 the curves do not depend on codeletion.
    """
    def __call__(self, progress: typing.Any = None) -> SimulatedCohort:
        """
        Simulate the cohort. Raises OptionError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, patients: typing.SupportsInt | typing.SupportsIndex = 463, seed: typing.SupportsInt | typing.SupportsIndex = 0, volumes: typing.SupportsInt | typing.SupportsIndex = 60, time_step: typing.SupportsFloat | typing.SupportsIndex = 1.5, genotype_effect: typing.SupportsFloat | typing.SupportsIndex = 1.0, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 120.0, protocols: collections.abc.Sequence[ScanProtocol] = ..., threads: typing.SupportsInt | typing.SupportsIndex = 0, age_rcbv_correlation: typing.SupportsFloat | typing.SupportsIndex = 0.0, codeletion_rcbv_correlation: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def age_rcbv_correlation(self) -> float:
        """
        Within grade and genotype.
        """
    @age_rcbv_correlation.setter
    def age_rcbv_correlation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def codeletion_rcbv_correlation(self) -> float:
        """
        Within mutants and grade.
        """
    @codeletion_rcbv_correlation.setter
    def codeletion_rcbv_correlation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def genotype_effect(self) -> float:
        """
        Separation beyond rCBV and age.
        """
    @genotype_effect.setter
    def genotype_effect(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def patients(self) -> int:
        """
        Number of patients.
        """
    @patients.setter
    def patients(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def protocols(self) -> list[ScanProtocol]:
        """
        ScanProtocols.
        """
    @protocols.setter
    def protocols(self, arg0: collections.abc.Sequence[ScanProtocol]) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of all randomness.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def signal_to_noise(self) -> float:
        """
        Of a region's mean curve.
        """
    @signal_to_noise.setter
    def signal_to_noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def time_step(self) -> float:
        """
        TR, s.
        """
    @time_step.setter
    def time_step(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def volumes(self) -> int:
        """
        Samples.
        """
    @volumes.setter
    def volumes(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class HeadStudy:
    """
    A simulated head with its truth.
    
    Truth maps lie on the grid of `contrast_t1`; each image lies in its own scanner space.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, str, int | None]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def image(self, modality: typing.Literal['t1', 't2', 'flair', 'cet1']) -> bolus._core.core.Image:
        """
        The Image of 't1', 't2', 'flair' or 'cet1'.
        """
    def to_frame(self) -> typing.Any:
        """
        Voxels and volume (mL) of each tissue as a pandas DataFrame.
        """
    @property
    def arteries(self) -> bolus._core.core.Mask:
        """
        Mask: at least half of the voxel.
        """
    @property
    def artery_share(self) -> bolus._core.core.Image:
        """
        Image: share of the voxel's volume.
        """
    @property
    def bias_fields(self) -> dict:
        """
        Dict of modality to Image: the factor on each image, on its grid.
        """
    @property
    def brain(self) -> bolus._core.core.Mask:
        """
        Mask of the brain with its CSF.
        """
    @property
    def contrast_t1(self) -> bolus._core.core.Image:
        """
        Image: T1 after contrast agent, the reference.
        """
    @property
    def flair(self) -> bolus._core.core.Image:
        """
        Image, in its own scanner space.
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        """
        LabelMap of ET, NET, ED.
        """
    @property
    def misalignment(self) -> dict[typing.Literal['t1', 't2', 'flair', 'cet1'], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]]:
        """
        Dict of modality to (4, 4), LPS mm: maps a point of `contrast_t1` to that of the image, as a registration with `contrast_t1` fixed finds it.
        """
    @property
    def phantom(self) -> HeadPhantom:
        """
        The HeadPhantom that made it.
        """
    @property
    def provenance(self) -> bolus._core.core.Provenance:
        """
        Always marked as simulated.
        """
    @property
    def t1(self) -> bolus._core.core.Image:
        """
        Image, in its own scanner space.
        """
    @property
    def t2(self) -> bolus._core.core.Image:
        """
        Image, in its own scanner space.
        """
    @property
    def tissue(self) -> bolus._core.core.Mask:
        """
        Mask of the position in TISSUE_CLASSES of the largest share.
        """
    @property
    def vein_share(self) -> bolus._core.core.Image:
        """
        Image: share of the voxel's volume.
        """
    @property
    def veins(self) -> bolus._core.core.Mask:
        """
        Mask: at least half of the voxel.
        """
class HeadPhantom:
    """
    Makes a geometric head with skull, brain, tumour and vessels, and its images.
    
    No real data. Brain and skull are ellipsoids, the cortex a folded ribbon along the zero surface of a smooth random field, vessels
    are curved tubes. The head lies in LPS mm with the middle of the brain near the origin. Each modality but CET1 is moved by a
    random rigid transform, which is known.
    
    Parameters
    ----------
    seed : int
        Same seed, same head, on any number of threads.
    size : sequence of 3 int
        Voxels of the grid, centred on the head.
    spacing : sequence of 3 float
        mm.
    grids : dict of {'t1', 't2', 'flair', 'cet1'} to Geometry
        Own grids of some modalities; others have the head's.
    tumour, enhancement : bool
        Whether there is a tumour, and whether it has an enhancing ring.
    tumour_centre : array (3,), optional
        LPS mm; random in the cerebrum when None.
    core_radius, oedema_width : float, optional
        mm; random when None.
    ring_width : float
        Mean thickness of the enhancing ring, mm.
    rotation, translation : float
        Largest misalignment of a modality about each axis, degrees, and along each, mm; at least half of it.
    bias : float
        Largest log of the bias field.
    texture : float
        Standard deviation of the tissue's smooth texture, relative.
    signal_to_noise : float
        Of white matter in each image; inf for no noise.
    threads : int
        0: all cores.
    """
    @staticmethod
    def centred_grid(size: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"], spacing: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> bolus._core.core.Geometry:
        """
        The Geometry of `size` voxels of `spacing` mm around the middle of the head, axes along LPS.
        """
    def __call__(self, progress: typing.Any = None) -> HeadStudy:
        """
        HeadStudy. Raises OptionError, GeometryError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, seed: typing.SupportsInt | typing.SupportsIndex = 0, size: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"] = [96, 116, 96], spacing: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] = ..., grids: collections.abc.Mapping[typing.Literal['t1', 't2', 'flair', 'cet1'], bolus._core.core.Geometry] = {}, tumour: bool = True, enhancement: bool = True, tumour_centre: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] | None = None, core_radius: typing.SupportsFloat | typing.SupportsIndex | None = None, oedema_width: typing.SupportsFloat | typing.SupportsIndex | None = None, ring_width: typing.SupportsFloat | typing.SupportsIndex = 4.5, rotation: typing.SupportsFloat | typing.SupportsIndex = 5.0, translation: typing.SupportsFloat | typing.SupportsIndex = 6.0, bias: typing.SupportsFloat | typing.SupportsIndex = 0.2, texture: typing.SupportsFloat | typing.SupportsIndex = 0.03, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 40.0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def bias(self) -> float:
        """
        Largest log of the bias field.
        """
    @bias.setter
    def bias(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def core_radius(self) -> float | None:
        """
        mm, or None.
        """
    @core_radius.setter
    def core_radius(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def enhancement(self) -> bool:
        """
        Whether it has an enhancing ring.
        """
    @enhancement.setter
    def enhancement(self, arg0: bool) -> None:
        ...
    @property
    def grids(self) -> dict[typing.Literal['t1', 't2', 'flair', 'cet1'], bolus._core.core.Geometry]:
        """
        Own grids of some modalities.
        """
    @grids.setter
    def grids(self, arg0: collections.abc.Mapping[typing.Literal['t1', 't2', 'flair', 'cet1'], bolus._core.core.Geometry]) -> None:
        ...
    @property
    def oedema_width(self) -> float | None:
        """
        mm, or None.
        """
    @oedema_width.setter
    def oedema_width(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def ring_width(self) -> float:
        """
        mm
        """
    @ring_width.setter
    def ring_width(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def rotation(self) -> float:
        """
        Degrees.
        """
    @rotation.setter
    def rotation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of all randomness.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def signal_to_noise(self) -> float:
        """
        Of white matter.
        """
    @signal_to_noise.setter
    def signal_to_noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def size(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Voxels.
        """
    @size.setter
    def size(self, arg0: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> None:
        ...
    @property
    def spacing(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        mm
        """
    @spacing.setter
    def spacing(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> None:
        ...
    @property
    def texture(self) -> float:
        """
        Relative.
        """
    @texture.setter
    def texture(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def translation(self) -> float:
        """
        mm
        """
    @translation.setter
    def translation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def tumour(self) -> bool:
        """
        Whether there is one.
        """
    @tumour.setter
    def tumour(self, arg0: bool) -> None:
        ...
    @property
    def tumour_centre(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"] | None:
        """
        LPS mm, or None.
        """
    @tumour_centre.setter
    def tumour_centre(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] | None) -> None:
        ...
class PhantomStudy:
    """
    A simulated DSC series on an anatomy, with its truth as it lies in the first volume.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, str, int | None]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def residue(self, x: typing.SupportsInt | typing.SupportsIndex, y: typing.SupportsInt | typing.SupportsIndex, z: typing.SupportsInt | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        R(t) of a voxel's tissue at `times` (s after arrival in the arteries). Raises ShapeError outside the grid.
        """
    def to_frame(self) -> typing.Any:
        """
        Voxels of each tissue and the mean of the true maps over them, as a pandas DataFrame.
        """
    @property
    def arterial(self) -> bolus._core.core.Mask:
        """
        Mask of the voxels that hold an artery.
        """
    @property
    def artery_share(self) -> bolus._core.core.Image:
        """
        Image: share of the voxel's volume.
        """
    @property
    def blood_flow(self) -> bolus._core.core.Image:
        """
        Image of the true CBF, mL/100 mL/min.
        """
    @property
    def blood_variation(self) -> bolus._core.core.Image:
        """
        Image of the factor on the tumour's CBV and CBF.
        """
    @property
    def blood_volume(self) -> bolus._core.core.Image:
        """
        Image of the tissue's true CBV, mL/100 mL.
        """
    @property
    def brain(self) -> bolus._core.core.Mask:
        """
        Mask of the brain with its CSF.
        """
    @property
    def delay(self) -> bolus._core.core.Image:
        """
        Image of the true delay, s.
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        """
        LabelMap on the grid of the series, as all that follow.
        """
    @property
    def leakage_rate(self) -> bolus._core.core.Image:
        """
        Image of K2 to first order, 1/s; above 0 where T1 wins.
        """
    @property
    def mean_transit_time(self) -> bolus._core.core.Image:
        """
        Image of the true MTT, s.
        """
    @property
    def motion(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        (volumes, 4, 4), LPS mm: maps a point of the head in the first volume to where it then lies.
        """
    @property
    def provenance(self) -> bolus._core.core.Provenance:
        """
        Always marked as simulated.
        """
    @property
    def series(self) -> bolus._core.core.PerfusionSeries:
        """
        PerfusionSeries.
        """
    @property
    def shares(self) -> numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]:
        """
        (x, y, z, tissue): share of each of TISSUE_CLASSES in each voxel, a view of the same memory.
        """
    @property
    def tissue(self) -> bolus._core.core.Mask:
        """
        Mask of the position in TISSUE_CLASSES of the largest share.
        """
    @property
    def tissues(self) -> typing.Annotated[list[TissueParameters], "FixedSize(7)"]:
        """
        TissueParameters of ET, NET, ED, white matter, grey matter, CSF, scalp.
        """
    @property
    def transfer_constant(self) -> bolus._core.core.Image:
        """
        Image of the true Ktrans, 1/min.
        """
    @property
    def truth(self) -> bolus._core.core.CurveSet:
        """
        CurveSet without noise of ET, NET, ED, white_matter, grey_matter, AIF, csf, scalp, vein.
        """
    @property
    def vein_share(self) -> bolus._core.core.Image:
        """
        Image: share of the voxel's volume.
        """
    @property
    def veins(self) -> bolus._core.core.Mask:
        """
        Mask of the voxels that hold a vein; none without a head.
        """
class PerfusionPhantom:
    """
    Makes a 4-D DSC series on a simulated head, or on any brain with labels.
    
    Parameters
    ----------
    enhancing, non_enhancing, oedema, white_matter, grey_matter : TissueParameters
        The tissues; without a head, normal brain is a smooth mixture of the last two.
    arterial_input : GammaVariate
        Concentration in arterial blood.
    sequence : GradientEcho
        The volumes are TR apart.
    field_strength : float
        T, written to the protocol.
    volumes : int
    shrink : sequence of 3 int
        Blocks of this many label voxels become one voxel of the series.
    arterial_share : float
        Blood in the voxels of the artery, without a head.
    arterial_voxels : int
        Size of the artery when neither a head nor a mask is given.
    texture : float
        Standard deviation of each voxel's scale, relative.
    signal_to_noise : float
        Of white matter before the bolus; inf for no noise.
    noise : {'rician', 'gaussian'}
    seed : int
    threads : int
        0: all cores.
    csf, scalp : TissueParameters
        Of a head.
    venous_delay, venous_dispersion : float
        s: how much later and how much more smeared blood is in the veins of a head.
    artery_threshold : float
        Share from which a voxel of a head counts as artery or vein.
    heterogeneity : float
        Standard deviation of the log of CBV, and of Ktrans with ve, within the tumour.
    heterogeneity_scale : float
        mm over which they vary.
    preload : Preload
        An earlier injection.
    drift : float
        Relative change of the signal over the series.
    motion_translation, motion_rotation : float
        mm and degrees: each volume moves smoothly by up to this against the first, along and about each axis.
    misalignment : array (4, 4)
        LPS mm: maps a point of a head to that of the series; rigid.
    """
    @typing.overload
    def __call__(self, labels: bolus._core.core.LabelMap, brain: bolus._core.core.Mask, arterial: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> PhantomStudy:
        """
        Simulate the series.
        
        Parameters
        ----------
        labels : LabelMap
        brain : Mask
        arterial : Mask, optional
            Placed opposite the tumour when not given. All on one grid.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        PhantomStudy
        
        Raises
        ------
        GeometryError, DataError, OptionError
        """
    @typing.overload
    def __call__(self, head: HeadStudy, grid: bolus._core.core.Geometry | None = None, progress: typing.Any = None) -> PhantomStudy:
        """
        Simulate the series on a head.
        
        Parameters
        ----------
        head : HeadStudy
            Sampled again from its shape.
        grid : Geometry, optional
            Of the series, e.g. HeadPhantom.centred_grid((128, 128, 20), (1.8, 1.8, 5)); the head's own, shrunk by `shrink`, when None.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        PhantomStudy
        
        Raises
        ------
        GeometryError, DataError, OptionError
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, enhancing: TissueParameters = ..., non_enhancing: TissueParameters = ..., oedema: TissueParameters = ..., white_matter: TissueParameters = ..., grey_matter: TissueParameters = ..., arterial_input: bolus._core.dsc.GammaVariate = ..., sequence: GradientEcho = ..., field_strength: typing.SupportsFloat | typing.SupportsIndex = 3.0, volumes: typing.SupportsInt | typing.SupportsIndex = 60, shrink: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"] = [1, 1, 1], arterial_share: typing.SupportsFloat | typing.SupportsIndex = 0.6, arterial_voxels: typing.SupportsInt | typing.SupportsIndex = 30, texture: typing.SupportsFloat | typing.SupportsIndex = 0.05, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 50.0, noise: typing.Literal['rician', 'gaussian'] = 'rician', seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0, csf: TissueParameters = ..., scalp: TissueParameters = ..., venous_delay: typing.SupportsFloat | typing.SupportsIndex = 4.0, venous_dispersion: typing.SupportsFloat | typing.SupportsIndex = 3.0, artery_threshold: typing.SupportsFloat | typing.SupportsIndex = 0.3, heterogeneity: typing.SupportsFloat | typing.SupportsIndex = 0.0, heterogeneity_scale: typing.SupportsFloat | typing.SupportsIndex = 6.0, preload: Preload = ..., drift: typing.SupportsFloat | typing.SupportsIndex = 0.0, motion_translation: typing.SupportsFloat | typing.SupportsIndex = 0.0, motion_rotation: typing.SupportsFloat | typing.SupportsIndex = 0.0, misalignment: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 4]"] = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def arterial_input(self) -> bolus._core.dsc.GammaVariate:
        """
        mM
        """
    @arterial_input.setter
    def arterial_input(self, arg0: bolus._core.dsc.GammaVariate) -> None:
        ...
    @property
    def arterial_share(self) -> float:
        """
        Fraction of blood.
        """
    @arterial_share.setter
    def arterial_share(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def arterial_voxels(self) -> int:
        """
        Size of the artery.
        """
    @arterial_voxels.setter
    def arterial_voxels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def artery_threshold(self) -> float:
        """
        Share of the voxel.
        """
    @artery_threshold.setter
    def artery_threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def csf(self) -> TissueParameters:
        """
        Of a head.
        """
    @csf.setter
    def csf(self, arg0: TissueParameters) -> None:
        ...
    @property
    def drift(self) -> float:
        """
        Relative, over the series.
        """
    @drift.setter
    def drift(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def enhancing(self) -> TissueParameters:
        """
        ET
        """
    @enhancing.setter
    def enhancing(self, arg0: TissueParameters) -> None:
        ...
    @property
    def field_strength(self) -> float:
        """
        T
        """
    @field_strength.setter
    def field_strength(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def grey_matter(self) -> TissueParameters:
        """
        Normal.
        """
    @grey_matter.setter
    def grey_matter(self, arg0: TissueParameters) -> None:
        ...
    @property
    def heterogeneity(self) -> float:
        """
        Of the tumour, standard deviation of the log.
        """
    @heterogeneity.setter
    def heterogeneity(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def heterogeneity_scale(self) -> float:
        """
        mm
        """
    @heterogeneity_scale.setter
    def heterogeneity_scale(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def misalignment(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        Rigid, LPS mm.
        """
    @misalignment.setter
    def misalignment(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 4]"]) -> None:
        ...
    @property
    def motion_rotation(self) -> float:
        """
        Degrees.
        """
    @motion_rotation.setter
    def motion_rotation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def motion_translation(self) -> float:
        """
        mm
        """
    @motion_translation.setter
    def motion_translation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def noise(self) -> typing.Literal['rician', 'gaussian']:
        """
        'rician' or 'gaussian'.
        """
    @noise.setter
    def noise(self, arg0: typing.Literal['rician', 'gaussian']) -> None:
        ...
    @property
    def non_enhancing(self) -> TissueParameters:
        """
        NET
        """
    @non_enhancing.setter
    def non_enhancing(self, arg0: TissueParameters) -> None:
        ...
    @property
    def oedema(self) -> TissueParameters:
        """
        ED
        """
    @oedema.setter
    def oedema(self, arg0: TissueParameters) -> None:
        ...
    @property
    def preload(self) -> Preload:
        """
        An earlier injection.
        """
    @preload.setter
    def preload(self, arg0: Preload) -> None:
        ...
    @property
    def scalp(self) -> TissueParameters:
        """
        Of a head.
        """
    @scalp.setter
    def scalp(self, arg0: TissueParameters) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of all randomness.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def sequence(self) -> GradientEcho:
        """
        TE, TR, flip angle, relaxivity.
        """
    @sequence.setter
    def sequence(self, arg0: GradientEcho) -> None:
        ...
    @property
    def shrink(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Label voxels per voxel.
        """
    @shrink.setter
    def shrink(self, arg0: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> None:
        ...
    @property
    def signal_to_noise(self) -> float:
        """
        Of white matter.
        """
    @signal_to_noise.setter
    def signal_to_noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def texture(self) -> float:
        """
        Relative.
        """
    @texture.setter
    def texture(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def venous_delay(self) -> float:
        """
        s
        """
    @venous_delay.setter
    def venous_delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def venous_dispersion(self) -> float:
        """
        s
        """
    @venous_dispersion.setter
    def venous_dispersion(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def volumes(self) -> int:
        """
        Frames.
        """
    @volumes.setter
    def volumes(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def white_matter(self) -> TissueParameters:
        """
        Normal.
        """
    @white_matter.setter
    def white_matter(self, arg0: TissueParameters) -> None:
        ...
def default_scan_protocols() -> list[ScanProtocol]:
    """
    Three typical protocols at 1.5 and 3 T (an assumption).
    """
def shrink_labels(labels: bolus._core.core.LabelMap, factors: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> bolus._core.core.LabelMap:
    """
    Labels on a coarser grid: the most frequent one of each block of `factors` voxels.
    """
def shrink_mask(mask: bolus._core.core.Mask, factors: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> bolus._core.core.Mask:
    """
    A mask on a coarser grid: blocks of which at least half belong to it.
    """
TISSUE_CLASSES: tuple = ('background', 'scalp', 'skull', 'csf', 'grey_matter', 'white_matter', 'enhancing', 'non_enhancing', 'oedema', 'artery', 'vein')
