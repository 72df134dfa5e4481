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
__all__: list[str] = ['CohortSimulator', 'Demographics', 'GammaVariate', 'GradientEcho', 'PerfusionPhantom', 'PhantomStudy', 'Relaxivity', 'ScanProtocol', 'SimulatedCohort', 'SimulatedPatient', 'TissueConcentration', 'TissueModel', 'TissueParameters', 'default_scan_protocols', 'shrink_labels', 'shrink_mask']
class GammaVariate:
    """
    Concentration of contrast agent in arterial blood over time.
    
    A gamma variate as first pass, a broader one as recirculation, and a tail.
    
    Parameters
    ----------
    arrival : float
        s.
    peak : float
        Concentration at the peak of the first pass, mM.
    alpha, beta : float
        Shape (no unit) and scale (s); the first pass peaks alpha * beta after the arrival.
    recirculation : float
        Area of the second pass over that of the first.
    recirculation_delay : float
        s.
    recirculation_width : float
        beta of the second pass over that of the first.
    equilibrium : float
        Height of the tail over the peak.
    clearance_time : float
        Time constant of the tail, s.
    """
    def __call__(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Concentration in mM at `times` (s). Raises OptionError for impossible parameters.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, arrival: typing.SupportsFloat | typing.SupportsIndex = 15.0, peak: typing.SupportsFloat | typing.SupportsIndex = 6.0, alpha: typing.SupportsFloat | typing.SupportsIndex = 3.0, beta: typing.SupportsFloat | typing.SupportsIndex = 1.5, recirculation: typing.SupportsFloat | typing.SupportsIndex = 0.2, recirculation_delay: typing.SupportsFloat | typing.SupportsIndex = 10.0, recirculation_width: typing.SupportsFloat | typing.SupportsIndex = 2.0, equilibrium: typing.SupportsFloat | typing.SupportsIndex = 0.1, clearance_time: typing.SupportsFloat | typing.SupportsIndex = 600.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def first_pass_integral(self) -> float:
        """
        Area of the first pass in mM s.
        """
    @property
    def alpha(self) -> float:
        """
        Shape.
        """
    @alpha.setter
    def alpha(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def arrival(self) -> float:
        """
        s
        """
    @arrival.setter
    def arrival(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def beta(self) -> float:
        """
        Scale, s.
        """
    @beta.setter
    def beta(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def clearance_time(self) -> float:
        """
        s
        """
    @clearance_time.setter
    def clearance_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def equilibrium(self) -> float:
        """
        Height of the tail over the peak.
        """
    @equilibrium.setter
    def equilibrium(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def peak(self) -> float:
        """
        mM
        """
    @peak.setter
    def peak(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation(self) -> float:
        """
        Area of the second pass over the first.
        """
    @recirculation.setter
    def recirculation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation_delay(self) -> float:
        """
        s
        """
    @recirculation_delay.setter
    def recirculation_delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation_width(self) -> float:
        """
        Over the first pass.
        """
    @recirculation_width.setter
    def recirculation_width(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
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
    residue : {'exponential', 'box'}
        Distribution of transit times.
    transfer_constant : float
        Ktrans, 1/min; 0 with an intact blood-brain barrier.
    extravascular_volume : float
        ve, a fraction.
    t1, t2_star : float
        s, before contrast agent.
    equilibrium_signal : float
        Scanner units.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, blood_volume: typing.SupportsFloat | typing.SupportsIndex = 2.0, mean_transit_time: typing.SupportsFloat | typing.SupportsIndex = 5.0, delay: typing.SupportsFloat | typing.SupportsIndex = 0.0, residue: typing.Literal['exponential', 'box'] = 'exponential', transfer_constant: typing.SupportsFloat | typing.SupportsIndex = 0.0, extravascular_volume: typing.SupportsFloat | typing.SupportsIndex = 0.2, t1: typing.SupportsFloat | typing.SupportsIndex = 0.9, t2_star: typing.SupportsFloat | typing.SupportsIndex = 0.05, equilibrium_signal: typing.SupportsFloat | typing.SupportsIndex = 1000.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
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
    def residue(self) -> typing.Literal['exponential', 'box']:
        """
        'exponential' or 'box'
        """
    @residue.setter
    def residue(self, arg0: typing.Literal['exponential', 'box']) -> None:
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
    """
    def __call__(self, arterial: GammaVariate, tissue: TissueParameters, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> TissueConcentration:
        """
        TissueConcentration at `times` (s). Raises OptionError, DataError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, haematocrit: typing.SupportsFloat | typing.SupportsIndex = 0.42, step: typing.SupportsFloat | typing.SupportsIndex = 0.1) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def haematocrit(self) -> float:
        """
        Fraction.
        """
    @haematocrit.setter
    def haematocrit(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
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
    def at_field(field_strength: typing.SupportsFloat | typing.SupportsIndex) -> Relaxivity:
        """
        The values for a field strength in T.
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
    Signal of a spoiled gradient-echo (EPI) sequence in the steady state.
    
    Parameters
    ----------
    echo_time, repetition_time : float
        s.
    flip_angle : float
        Degrees.
    relaxivity : Relaxivity
        Of the contrast agent at the field strength.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, echo_time: typing.SupportsFloat | typing.SupportsIndex = 0.03, repetition_time: typing.SupportsFloat | typing.SupportsIndex = 1.5, flip_angle: typing.SupportsFloat | typing.SupportsIndex = 35.0, relaxivity: Relaxivity = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def blood(self, concentration: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], equilibrium_signal: typing.SupportsFloat | typing.SupportsIndex, r1: typing.SupportsFloat | typing.SupportsIndex = 0.6, r2_star: typing.SupportsFloat | typing.SupportsIndex = 15.0) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Signal (t,) of arterial blood with a concentration in mM.
        """
    def signal(self, equilibrium_signal: typing.SupportsFloat | typing.SupportsIndex, r1: typing.SupportsFloat | typing.SupportsIndex, r2_star: typing.SupportsFloat | typing.SupportsIndex) -> float:
        """
        Signal for relaxation rates in 1/s.
        """
    def tissue(self, parameters: TissueParameters, concentration: TissueConcentration) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Signal (t,) of a tissue with contrast agent in it.
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
    """
    name: str
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, name: str = '', field_strength: typing.SupportsFloat | typing.SupportsIndex = 3.0, echo_time: typing.SupportsFloat | typing.SupportsIndex = 0.03, flip_angle: typing.SupportsFloat | typing.SupportsIndex = 35.0, share: typing.SupportsFloat | typing.SupportsIndex = 1.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def sequence(self, repetition_time: typing.SupportsFloat | typing.SupportsIndex) -> GradientEcho:
        """
        The GradientEcho at a repetition time in s.
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
    def share(self) -> float:
        """
        Of the patients.
        """
    @share.setter
    def share(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
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
    @property
    def age(self) -> float:
        """
        Years.
        """
    @property
    def arterial(self) -> GammaVariate:
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
    def _repr_html_(self) -> typing.Any:
        ...
    def dataset(self, windows: bolus._core.dsc.SlidingWindows = ...) -> bolus._core.core.Dataset:
        """
        Windows of all patients, curves z-normalised, labels 1 for IDH-mutant, as a Dataset.
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
    """
    def __call__(self, progress: typing.Any = None) -> SimulatedCohort:
        """
        Simulate the cohort. Raises OptionError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, patients: typing.SupportsInt | typing.SupportsIndex = 463, seed: typing.SupportsInt | typing.SupportsIndex = 0, volumes: typing.SupportsInt | typing.SupportsIndex = 60, time_step: typing.SupportsFloat | typing.SupportsIndex = 1.5, genotype_effect: typing.SupportsFloat | typing.SupportsIndex = 1.0, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 120.0, protocols: collections.abc.Sequence[ScanProtocol] = ..., threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
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
class PhantomStudy:
    """
    A simulated DSC series on an anatomy, with its truth.
    """
    def __repr__(self) -> str:
        ...
    @property
    def arterial(self) -> bolus._core.core.Mask:
        """
        Mask of the voxels that hold the artery.
        """
    @property
    def blood_volume(self) -> bolus._core.core.Image:
        """
        Image of the true CBV, mL/100 mL.
        """
    @property
    def brain(self) -> bolus._core.core.Mask:
        """
        Mask on the grid of the series.
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        """
        LabelMap on the grid of the series.
        """
    @property
    def series(self) -> bolus._core.core.PerfusionSeries:
        """
        PerfusionSeries.
        """
    @property
    def truth(self) -> bolus._core.core.CurveSet:
        """
        CurveSet without noise of ET, NET, ED, white_matter, grey_matter, AIF.
        """
class PerfusionPhantom:
    """
    Makes a 4-D DSC series on any brain with labels.
    
    Parameters
    ----------
    enhancing, non_enhancing, oedema, white_matter, grey_matter : TissueParameters
        The tissues; normal brain is a smooth mixture of the last two.
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
        Blood in the voxels of the artery.
    arterial_voxels : int
        Size of the artery when no mask is given.
    texture : float
        Standard deviation of each voxel's scale, relative.
    signal_to_noise : float
        Of white matter before the bolus; inf for no noise.
    noise : {'rician', 'gaussian'}
    seed : int
    threads : int
        0: all cores.
    """
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
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, enhancing: TissueParameters = ..., non_enhancing: TissueParameters = ..., oedema: TissueParameters = ..., white_matter: TissueParameters = ..., grey_matter: TissueParameters = ..., arterial_input: GammaVariate = ..., sequence: GradientEcho = ..., field_strength: typing.SupportsFloat | typing.SupportsIndex = 3.0, volumes: typing.SupportsInt | typing.SupportsIndex = 60, shrink: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"] = [1, 1, 1], arterial_share: typing.SupportsFloat | typing.SupportsIndex = 0.6, arterial_voxels: typing.SupportsInt | typing.SupportsIndex = 30, texture: typing.SupportsFloat | typing.SupportsIndex = 0.05, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 50.0, noise: typing.Literal['rician', 'gaussian'] = 'rician', seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def arterial_input(self) -> GammaVariate:
        """
        mM
        """
    @arterial_input.setter
    def arterial_input(self, arg0: GammaVariate) -> None:
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
