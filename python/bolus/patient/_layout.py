"""Names of the files that a run leaves, after BIDS derivatives, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LAYOUT", "Entry", "entry_of", "path_of"]

MAPS = {
    "arrival_time": "arrival of the bolus",
    "time_to_peak": "peak minus arrival",
    "delay": "arrival after that of the arterial input",
    "delta_r2s_max": "largest dR2* of the first pass",
    "FWHM": "width of the first pass at half its height",
    "snr": "signal to noise before the bolus",
    "rCBV": "relative blood volume",
    "nrCBV": "blood volume relative to white matter",
    "corrected_rCBV": "relative blood volume without leakage",
    "corrected_nrCBV": "blood volume relative to white matter, without leakage",
    "K2": "leakage coefficient",
    "K2_error": "standard error of K2",
    "PH": "peak height",
    "relative_PH": "peak height relative to white matter",
    "PSR": "percentage of signal recovery",
    "normalised_PSR": "PSR relative to white matter",
    "CBF": "blood flow",
    "MTT": "mean transit time",
    "Tmax": "time of the largest residue",
}


@dataclass(frozen=True)
class Entry:
    """One kind of file."""

    name: str  #: by which a result is asked for it
    path: str  #: below the output folder; {sub} is sub-<patient>
    stage: str
    space: str  #: CET1: the 1 mm grid; DSC: that of the series; empty: no image
    description: str
    units: str = ""


def _image(name: str, suffix: str, what: str, entities: str = "") -> list[Entry]:
    return [
        Entry(
            name, f"{{sub}}/anat/{{sub}}{entities}_space-CET1_desc-aligned_{suffix}.nii.gz", "preprocess", "CET1", what
        ),
        Entry(
            f"bias_{name}",
            f"{{sub}}/anat/{{sub}}{entities}_desc-bias_{suffix}.nii.gz",
            "preprocess",
            "native",
            f"bias field of {what}: the image was divided by it",
        ),
        Entry(
            f"cet1_to_{name}",
            f"{{sub}}/anat/{{sub}}_from-{suffix}_to-CET1_mode-image_xfm.tfm",
            "preprocess",
            "",
            f"rigid transform that brings {what} onto CET1 (ITK; points of CET1 to points of the image)",
        ),
    ]


def _entries() -> list[Entry]:
    pre, seg, perf, pred = "preprocess", "segment", "perfusion", "predict"
    entries = [
        *_image("t1", "T1w", "T1"),
        *_image("t2", "T2w", "T2"),
        *_image("flair", "FLAIR", "FLAIR"),
        *_image("cet1", "T1w", "contrast-enhanced T1", "_ce-gadolinium")[:2],
        Entry("brain", "{sub}/anat/{sub}_space-CET1_desc-brain_mask.nii.gz", pre, "CET1", "brain"),
        Entry("tissue", "{sub}/anat/{sub}_space-CET1_desc-tissue_dseg.nii.gz", pre, "CET1",
              "tissue: 1 CSF, 2 grey matter, 3 white matter"),
        Entry("white_matter", "{sub}/anat/{sub}_space-CET1_desc-normalWhiteMatter_mask.nii.gz", pre, "CET1",
              "normal-appearing white matter away from the tumour"),
        Entry("dsc", "{sub}/perf/{sub}_space-DSC_desc-realigned_dsc.nii.gz", pre, "DSC",
              "DSC series without motion; only where volumes were resampled"),
        Entry("dsc_sidecar", "{sub}/perf/{sub}_space-DSC_desc-realigned_dsc.json", pre, "", "its protocol, under BIDS names"),
        Entry("dsc_to_cet1", "{sub}/perf/{sub}_from-CET1_to-DSC_mode-image_xfm.tfm", pre, "",
              "rigid transform that brings CET1 onto the DSC grid (ITK; points of the DSC grid to points of CET1)"),
        Entry("motion", "{sub}/perf/{sub}_desc-motion_timeseries.csv", pre, "", "six parameters and displacements per volume"),
        Entry("preprocess", "{sub}/anat/{sub}_desc-preprocess_qc.json", pre, "",
              "verdicts, measures and matrices of preprocessing"),
        Entry("preprocess_provenance", "{sub}/anat/{sub}_desc-preprocess_provenance.json", pre, "",
              "options, input hashes and flags of preprocessing"),
        Entry("alignment_figure", "{sub}/figures/{sub}_desc-alignment_qc.png", "report", "",
              "each image over the edges of CET1"),
        Entry("masks_figure", "{sub}/figures/{sub}_desc-masks_qc.png", "report", "", "brain and normal white matter over CET1"),
        Entry("labels_figure", "{sub}/figures/{sub}_desc-labels_qc.png", "report", "", "the study's own labels over CET1"),
        Entry("motion_figure", "{sub}/figures/{sub}_desc-motion_qc.png", "report", "", "motion of the series"),
    ]  # fmt: skip
    for space, what in (("CET1", "on the 1 mm grid"), ("DSC", "on the grid of the series")):
        folder = "anat" if space == "CET1" else "perf"
        stem = f"{{sub}}/{folder}/{{sub}}_space-{space}_desc-tumour_dseg"
        tag = "" if space == "CET1" else "_dsc"
        entries += [
            Entry(f"labels{tag}", f"{stem}.nii.gz", seg, space, f"tumour {what}: 1 NET, 2 ED, 4 ET"),
            Entry(
                f"segmentation{tag}",
                f"{stem}.seg.nrrd",
                seg,
                space,
                f"the same for 3D Slicer, {what}: correct this one",
            ),
        ]
    entries += [
        Entry("automatic_labels", "{sub}/anat/{sub}_space-CET1_desc-automatic_dseg.nii.gz", seg, "CET1",
              "labels of the segmenter, before any correction"),
        Entry("correction", "{sub}/anat/{sub}_desc-correction_audit.json", seg, "",
              "what a correction changed, per region, with hashes"),
        Entry("whole_tumour", "{sub}/anat/{sub}_space-CET1_label-WT_probseg.nii.gz", seg, "CET1",
              "probability of whole tumour"),
        Entry("tumour_core", "{sub}/anat/{sub}_space-CET1_label-TC_probseg.nii.gz", seg, "CET1", "probability of tumour core"),
        Entry("enhancing", "{sub}/anat/{sub}_space-CET1_label-ET_probseg.nii.gz", seg, "CET1",
              "probability of enhancing tumour"),
        Entry("segmentation_uncertainty", "{sub}/anat/{sub}_space-CET1_desc-uncertainty_probseg.nii.gz", seg, "CET1",
              "how far the cascade's votes differ"),
        Entry("segmentation_report", "{sub}/anat/{sub}_desc-segmentation_provenance.json", seg, "",
              "segmenter, volumes in mL, options, hashes and flags"),
        Entry("curves", "{sub}/perf/{sub}_desc-regions_timeseries.csv", perf, "",
              "mean T2*-weighted signal of ET, NET, ED, WT and the arterial input"),
        Entry("regions", "{sub}/perf/{sub}_desc-regions_stats.csv", perf, "",
              "statistics of every map in the tumour and around"),
        Entry("perfusion_brain", "{sub}/perf/{sub}_space-DSC_desc-brain_mask.nii.gz", perf, "DSC", "brain in the series"),
        Entry("perfusion_white_matter", "{sub}/perf/{sub}_space-DSC_desc-normalWhiteMatter_mask.nii.gz", perf, "DSC",
              "white matter that maps are relative to"),
        Entry("perfusion_reference", "{sub}/perf/{sub}_space-DSC_desc-reference_mask.nii.gz", perf, "DSC",
              "tissue that does not enhance, for the leakage correction"),
        Entry("arterial", "{sub}/perf/{sub}_space-DSC_desc-arterial_mask.nii.gz", perf, "DSC", "voxels of the arterial input"),
        Entry("perfusion_provenance", "{sub}/perf/{sub}_desc-perfusion_provenance.json", perf, "", "options, hashes and flags"),
        Entry("prediction", "{sub}/{sub}_desc-IDH_prediction.json", pred, "",
              "probability of an IDH mutation, attention, temporal pattern, flags, provenance"),
        Entry("curves_figure", "{sub}/figures/{sub}_desc-curves_timeseries.png", "report", "",
              "the curves, z-normalised, over the attention of each second"),
        Entry("probability", "{sub}/perf/{sub}_space-DSC_desc-IDH_probseg.nii.gz", pred, "DSC",
              "probability of an IDH mutation by each voxel's own curve; 0 outside the tumour"),
        Entry("probability_spread", "{sub}/perf/{sub}_space-DSC_desc-IDHspread_probseg.nii.gz", pred, "DSC",
              "standard deviation of these over the windows"),
        Entry("verdicts", "{sub}/{sub}_desc-verdicts_qc.json", "report", "", "every verdict and flag, in one list"),
        Entry("report", "report.html", "report", "", "all of it to read, in one file"),
        Entry("description", "dataset_description.json", "report", "", "BIDS: which kind of data set this is"),
    ]  # fmt: skip
    from bolus.plot.perfusion import UNITS

    for name, what in MAPS.items():
        path = f"{{sub}}/perf/{{sub}}_space-DSC_desc-{name.replace('_', '')}_map.nii.gz"
        entries.append(Entry(name, path, perf, "DSC", what, UNITS.get(name, "")))
    return entries


#: Every kind of file by name.
LAYOUT: dict[str, Entry] = {entry.name: entry for entry in _entries()}


def entry_of(name: str) -> Entry:
    """The kind of file of that name; a map of another quantity than the usual ones gets a name of the same form."""
    if name in LAYOUT:
        return LAYOUT[name]
    path = f"{{sub}}/perf/{{sub}}_space-DSC_desc-{name.replace('_', '')}_map.nii.gz"
    return Entry(name, path, "perfusion", "DSC", f"map of {name}")


def path_of(name: str, patient: str) -> str:
    """Where that file lies below the output folder."""
    return entry_of(name).path.format(sub=f"sub-{patient}")
