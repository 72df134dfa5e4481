"""Reading a 4-D DICOM series: how long it takes, beside SimpleITK's series reader, by turns in one run.

The series is one real GE EPI of 10 volumes (BOLUS_TEST_DATA/dicom/ge-epi). SimpleITK gets the files of one
series from GDCM and stacks all 150 slices by position into one 3-D image: the volumes are not told apart, so its voxels are
compared as a set. Both sort the files out by their headers and then read voxels. Prints a table and writes JSON.
"""

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from bolus import io


def ours(folder: Path) -> np.ndarray:
    found = io.find_series(folder)
    return np.asarray(io.read_dicom_perfusion(found.series[0]).series[0])


def simpleitk(folder: Path) -> np.ndarray:
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(
        str(folder), sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder))[0]
    )
    return sitk.GetArrayFromImage(sitk.ReadImage(names, sitk.sitkFloat32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", type=Path, default=Path("dicom_reading.json"))
    options = parser.parse_args()
    data = os.environ.get("BOLUS_TEST_DATA")
    if not data:
        raise SystemExit("BOLUS_TEST_DATA is not set: there is no series to read")
    folder = Path(data) / "dicom" / "ge-epi" / "mr_0004"
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    times: dict[str, list[float]] = {"bolus": [], "SimpleITK": []}
    for _ in range(options.repeats):
        for name, read in (("bolus", ours), ("SimpleITK", simpleitk)):
            start = time.perf_counter()
            voxels = read(folder)
            times[name].append(time.perf_counter() - start)
            if name == "bolus":
                mine = voxels
            else:
                assert np.array_equal(np.sort(mine.ravel()), np.sort(voxels.ravel())), "the voxels differ"
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'reader':<12}{'median s':>10}{'least s':>10}   shape")
    print(f"{'bolus':<12}{medians['bolus']:>10.3f}{min(times['bolus']):>10.3f}   {mine.shape}")
    print(f"{'SimpleITK':<12}{medians['SimpleITK']:>10.3f}{min(times['SimpleITK']):>10.3f}   {voxels.T.shape}")
    print(f"ratio SimpleITK / bolus: {medians['SimpleITK'] / medians['bolus']:.1f}")
    result = {"seconds": times, "median": medians, "machine": platform.processor(), "cores": os.cpu_count()}
    options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
