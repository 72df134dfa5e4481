"""What a run of one patient gives back: figures at hand, images read when asked for."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bolus import DataError, QcFlag, QcFlags, notebook
from bolus.patient._layout import path_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PatientResult"]


class PatientResult:
    """The results of one patient in their folder.

    Attributes
    ----------
    folder : pathlib.Path
        Where they are; a temporary folder, which goes with this object, when no output was asked for.
    patient : str
        The name in the results.
    stages : pandas.DataFrame
        stage, seconds, cached (found again rather than computed).
    flags : list of bolus.QcFlag
        Everything doubtful, in the order of the stages.
    index : dict
        What ``index.json`` holds.
    """

    def __init__(
        self, folder: Path, index: dict[str, Any], times: list[tuple[str, float, bool]], temporary: Any = None
    ):
        import pandas as pd

        self.folder = folder
        self.index = index
        self.patient: str = index["subject"].removeprefix("sub-")
        self.stages: pd.DataFrame = pd.DataFrame(times, columns=["stage", "seconds", "cached"])
        self._temporary: tempfile.TemporaryDirectory[str] | None = temporary

    @classmethod
    def open(cls, folder: str | Path) -> PatientResult:
        """The results that an earlier run left in a folder. Raises DataError where there are none."""
        from bolus.patient._folder import RunFolder

        index = RunFolder.read_index(Path(folder))
        if index is None:
            raise DataError(f"{folder} holds no results of bolus predict; run it first")
        return cls(Path(folder), index, [])

    @property
    def flags(self) -> list[QcFlag]:
        return QcFlags(
            QcFlag(flag["code"], flag["message"])
            for stage in self.index["stages"].values()
            for flag in stage.get("flags", [])
        )

    @property
    def verdicts(self) -> pd.DataFrame:
        """image, stage, verdict (good, doubtful, failed), reasons: of everything that was judged."""
        import pandas as pd

        rows = json.loads(self.path("verdicts").read_text())["verdicts"]
        return pd.DataFrame(rows, columns=["image", "stage", "verdict", "reasons"])

    def names(self) -> list[str]:
        """Names of the files that there are, for `path` and `image`."""
        return [file["name"] for file in self.index["files"]]

    def path(self, name: str) -> Path:
        """Where the file of that name is. Raises DataError, listing what there is."""
        if name not in self.names():
            raise DataError(f"there is no {name} in these results; there are: {', '.join(self.names()) or 'none'}")
        return self.folder / path_of(name, self.patient)

    def image(self, name: str) -> Any:
        """An image, mask or label map by name, read from its file."""
        from bolus import io

        if "dseg" in path_of(name, self.patient) and name != "tissue":
            return io.read_label_map(self.path(name))
        if path_of(name, self.patient).endswith("_mask.nii.gz"):
            return io.read_mask(self.path(name))
        return io.read_image(self.path(name))

    @property
    def labels(self) -> Any:
        """The tumour that was used, on the 1 mm grid, or on that of the series where it was given there."""
        return self.image("labels" if "labels" in self.names() else "labels_dsc")

    @property
    def curves(self) -> pd.DataFrame:
        """Time and curves as a table."""
        from bolus import io

        return io.read_curves(self.path("curves"))[0].curves.to_frame()

    @property
    def regions(self) -> pd.DataFrame:
        """Statistics of every map in every region."""
        import pandas as pd

        return pd.read_csv(self.path("regions"))

    @property
    def prediction(self) -> dict[str, Any]:
        """What ``..._prediction.json`` holds."""
        return json.loads(self.path("prediction").read_text())

    @property
    def probability(self) -> float | None:
        """Of an IDH mutation; None where the run stopped before."""
        return self.prediction["probability_idh_mutant"] if "prediction" in self.names() else None

    @property
    def report(self) -> Path | None:
        """The HTML file; None where none was asked for."""
        return self.path("report") if "report" in self.names() else None

    def to_frame(self) -> pd.DataFrame:
        """One row: patient, probability, number of flags, finished stages."""
        import pandas as pd

        return pd.DataFrame(
            {
                "patient": [self.patient],
                "probability": [self.probability],
                "flags": [len(self.flags)],
                "stages": [", ".join(self.index["stages"])],
            }
        )

    def __repr__(self) -> str:
        probability = "no prediction" if self.probability is None else f"probability={self.probability:.3f}"
        return f"PatientResult({self.patient}, {probability}, {len(self.flags)} flags, {self.folder})"

    def _repr_html_(self) -> str:
        return notebook.html(self)
