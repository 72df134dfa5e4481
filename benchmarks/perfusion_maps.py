"""Perfusion maps of a whole series (dR2*, timing, rCBV, BSW, PH, PSR): bolus beside numpy, on one and on two threads.

Two numpy versions compute the same quantities by the same definitions in float32, without a loop over voxels. One is written
as one would write it: whole arrays, with scipy's filter and integral. The other goes in blocks of voxels that stay in cache, on
threads, with one matrix product for all weighted sums; its block size is the best of several. Stops if results differ. Also
measures the share of the machine's copy bandwidth that the maps reach, and the peak memory over the input.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the threads here are those of the pool

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.integrate import cumulative_trapezoid, trapezoid
from scipy.ndimage import uniform_filter1d

import bolus
from bolus import dsc

TE, STEP = 0.03, 1.5
VALID, FLOORED, NO_BOLUS, INVALID = 1, 2, 3, 4  # states of a voxel
NAMES = ["arrival_time", "peak_time", "rCBV", "corrected_rCBV", "K1", "K2", "PH", "PSR"]


def make_series(shape) -> np.ndarray:
    """Signal (x, y, z, t) with x fastest, of tissue that differs from voxel to voxel, with noise."""
    generator = np.random.default_rng(0)
    frames = shape[3]
    times = STEP * np.arange(frames, dtype=np.float32)
    voxels = int(np.prod(shape[:3]))
    array = np.empty((frames, voxels), np.float32)
    for begin in range(0, voxels, 16384):
        count = min(16384, voxels - begin)
        onset, rise = 20 + 3 * generator.random(count), 6 + 3 * generator.random(count)
        height, leak = 5 + 12 * generator.random(count), 2 * generator.random(count) - 1
        x = np.maximum(times[:, None] - onset, 0) / rise
        relaxation = height * (x * np.exp(1 - x)) ** 3 + leak * np.clip(times[:, None] - 25, 0, 30) / 10
        noise = 6 * generator.standard_normal((frames, count))
        array[:, begin : begin + count] = 400 * np.exp(-TE * relaxation) + noise
    return array.reshape(frames, *shape[2::-1]).T


class Windows:
    """Windows of the mean curve: bolus's own, so that results can be compared; finding them costs both sides the same."""

    def __init__(self, timing, times, arrival_shift):
        self.timing = timing
        self.times = times
        self.arrival_shift = arrival_shift

    def _find_windows(self, mean):
        dsc.BolusTiming()(mean, self.times)  # its cost; the windows are bolus's own, so that results can be compared
        timing, times = self.timing, self.times
        self.window = slice(timing.baseline.first, timing.baseline.last)
        self.plateau = slice(timing.plateau_first, timing.plateau_last)
        first, last = self.window.start, times.size
        while first < timing.arrival - 1 and times[first] < timing.arrival_time - 5:
            first += 1
        while last > timing.first_pass_end and times[last - 1] > timing.first_pass_end_time + 5:
            last -= 1
        self.search = slice(first, last)

    def _time(self, smooth):
        """Peak and arrival from the 3-point mean from one row before the searched window to one behind it."""
        first = self.search.start
        inside = smooth[1:-1]
        top = inside.argmax(0)
        peak = np.take_along_axis(inside, top[None], 0)[0]
        before = np.take_along_axis(smooth, top[None], 0)[0]
        after = np.take_along_axis(smooth, top[None] + 2, 0)[0]
        curvature = before + after - 2 * peak
        shift = np.where(curvature < 0, 0.5 * (before - after) / np.where(curvature < 0, curvature, 1), 0)
        peak_time = self.times.astype(np.float32)[first + top] + STEP * np.clip(shift, -0.5, 0.5)
        rows = np.arange(inside.shape[0], dtype=top.dtype)[:, None]
        ahead = rows < top
        crossings = []
        for share in (0.2, 0.8):
            level = np.float32(share) * peak
            below = ahead & (inside < level)
            at = below.shape[0] - 1 - below[::-1].argmax(0)
            low = np.take_along_axis(inside, at[None], 0)[0]
            high = np.take_along_axis(inside, np.minimum(at + 1, below.shape[0] - 1)[None], 0)[0]
            rise = high - low
            part = np.clip((level - low) / np.where(rise != 0, rise, 1), 0, 1)
            crossings.append((self.times.astype(np.float32)[first + at] + np.float32(STEP) * part, below.any(0)))
        (early, found), (late, also) = crossings
        known = found & also & (late > early) & (peak > 0)
        return peak_time, np.where(known, early - (late - early) / 3 + self.arrival_shift, 0)


class WholeArrays(Windows):
    """The same quantities as one would write them with numpy and scipy, on whole float32 arrays."""

    def run(self, signal, mask, tissue):
        """``signal`` is (t, voxels), the masks are (voxels)."""
        s = signal if mask.all() else signal[:, mask]
        self._find_windows(s[:, ::64].mean(1).astype(float))
        w = self.window
        lowest_of_all = s.min(0)
        s0 = s[w].mean(0)
        good = np.isfinite(s.sum(0)) & (s0 > 0)
        floored = lowest_of_all <= 0
        if not good.all():
            s = np.where(good, s, np.float32(1))
            s0 = np.where(good, s0, np.float32(1))
        if floored.any():
            s = np.maximum(s, np.where(s > 0, s, np.inf).min(0))
        lowest = s[self.search].min(0)
        height = s0 - lowest
        deviation = s[w].std(0, ddof=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            recovered = np.float32(100) * (s[self.plateau].mean(0) - lowest) / height
        out = {"PH": height, "PSR": np.where(height > 0, recovered, np.float32(0))}
        d = out["delta_r2s"] = np.log(s / s0) * np.float32(-1 / TE)

        reference = d[:, tissue & good].mean(1, dtype=float) if not (tissue & good).all() else d.mean(1, dtype=float)
        first, times = w.start, self.times
        integral = np.zeros(times.size)
        integral[first:] = cumulative_trapezoid(reference[first:], times[first:], initial=0)
        design = np.stack([reference, -integral], 1)[first:].astype(np.float32)
        k1, k2 = np.linalg.pinv(design) @ d[first:]  # np.linalg.lstsq does the same thirty times slower
        error = d[w].std(0, ddof=1) * np.float32(np.sqrt(np.linalg.inv(design.T @ design)[1, 1]))
        weak = error > np.abs(k2)
        along = design[:, 0] / (design[:, 0] ** 2).sum()
        out["K1"] = np.where(weak, along @ d[first:], k1)
        out["K2"] = np.where(weak, np.float32(0), k2)
        out["rCBV"] = trapezoid(d[first:], times[first:].astype(np.float32), axis=0)
        out["corrected_rCBV"] = out["rCBV"] + out["K2"] * np.float32(trapezoid(integral[first:], times[first:]))
        rows = slice(self.search.start - 1, self.search.stop + 1)
        padded = slice(rows.start - 1, rows.stop + 1)
        smooth = uniform_filter1d(d[padded], 3, axis=0)[1 : 1 + rows.stop - rows.start]
        out["peak_time"], out["arrival_time"] = self._time(smooth)
        state = np.where(height < 3 * deviation, NO_BOLUS, np.where(floored, FLOORED, VALID))
        out["state"] = np.where(good, state, INVALID).astype(np.uint8)
        if not mask.all():
            for name, values in out.items():
                whole = np.zeros((*values.shape[:-1], mask.size), values.dtype)
                whole[..., mask] = values
                out[name] = whole
        return out


class BlockedArrays(Windows):
    """Blocks of voxels: dR2* and its mean over the reference first, then everything that needs them.

    Every voxel is in the mask and in the reference tissue here.
    """

    def __init__(self, timing, times, arrival_shift, block):
        super().__init__(timing, times, arrival_shift)
        self.block = block

    def run(self, signal, threads):
        """``signal`` is (t, voxels)."""
        self._find_windows(signal[:, ::64].mean(1).astype(float))
        voxels = signal.shape[1]
        out = {name: np.empty(voxels, np.float32) for name in NAMES}
        out["delta_r2s"] = np.empty_like(signal)
        out["state"] = np.empty(voxels, np.uint8)
        blocks = [slice(i, min(i + self.block, voxels)) for i in range(0, voxels, self.block)]
        parts = [{name: values[..., columns] for name, values in out.items()} for columns in blocks]
        work = [(signal[:, columns], part) for columns, part in zip(blocks, parts, strict=True)]
        if threads == 1:
            sums = [self._relax(*each) for each in work]
            self._prepare(sum(sums) / voxels)
            for part in parts:
                self._compute(part)
        else:
            with ThreadPoolExecutor(threads) as pool:
                sums = list(pool.map(lambda each: self._relax(*each), work))
                self._prepare(sum(sums) / voxels)
                list(pool.map(self._compute, parts))
        return out

    def _relax(self, s, out):
        """dR2*, PH and PSR of a block; returns the sum of dR2* over its voxels."""
        s0, lowest_of_all = s[self.window].mean(0), s.min(0)
        good = np.isfinite(s.sum(0)) & (s0 > 0)
        floored = lowest_of_all <= 0
        if not good.all():
            s, s0 = np.where(good, s, np.float32(1)), np.where(good, s0, np.float32(1))
        if floored.any():
            s = np.maximum(s, np.where(s > 0, s, np.inf).min(0))
        lowest = s[self.search].min(0)
        height = np.subtract(s0, lowest, out=out["PH"])
        recovered = s[self.plateau].mean(0)
        recovered -= lowest
        recovered *= np.float32(100) / np.where(height > 0, height, np.float32(np.inf))
        out["PSR"][:] = recovered
        state = out["state"]
        state[:] = VALID
        state[floored] = FLOORED
        state[height < 3 * s[self.window].std(0, ddof=1)] = NO_BOLUS
        state[~good] = INVALID
        d = out["delta_r2s"]
        np.divide(s, s0, out=d)
        np.log(d, out=d)
        d *= np.float32(-1 / TE)
        return d.sum(1, dtype=float)

    def _prepare(self, reference):
        """The rows of the one matrix product: weights of the integral, and of K1, K2, and K1 where K2 is taken as 0."""
        first, times = self.window.start, self.times
        weights = np.zeros(times.size)
        steps = np.diff(times)[first:] / 2
        weights[first:-1] += steps
        weights[first + 1 :] += steps
        integral = np.concatenate([[0], np.cumsum((reference[1:] + reference[:-1]) / 2 * np.diff(times))])
        integral -= integral[first]
        design = np.stack([reference, -integral], 1)[first:]
        alone = design[:, 0] / (design[:, 0] ** 2).sum()
        fits = np.hstack([np.zeros((3, first)), np.vstack([np.linalg.pinv(design), alone])])
        self.rows = np.vstack([weights, fits]).astype(np.float32)
        self.spread = np.float32(np.sqrt(np.linalg.inv(design.T @ design)[1, 1]))
        self.leaked = np.float32(weights @ integral)

    def _compute(self, out):
        d = out["delta_r2s"]
        volume, k1, k2, alone = self.rows @ d
        error = d[self.window].std(0, ddof=1)
        error *= self.spread
        weak = error > np.abs(k2)
        k2[weak] = 0
        k1[weak] = alone[weak]
        out["rCBV"][:], out["K1"][:], out["K2"][:] = volume, k1, k2
        k2 *= self.leaked
        np.add(volume, k2, out=out["corrected_rCBV"])
        first, last = self.search.start, self.search.stop
        smooth = d[first - 2 : last] + d[first - 1 : last + 1]
        smooth += d[first : last + 2]
        smooth *= np.float32(1 / 3)
        out["peak_time"][:], out["arrival_time"][:] = self._time(smooth)


def seconds(call):
    """Wall and processor time of a call, s, and its result."""
    start, processor = time.perf_counter(), time.process_time()
    result = call()
    return (time.perf_counter() - start, time.process_time() - processor), result


def copy_bandwidth(array: np.ndarray, threads: int, repeats: int) -> float:
    """Bytes read and written in a second while a copy of the series is made into memory that is there already."""
    target = np.ones_like(array)
    parts = np.array_split(np.arange(array.shape[0]), threads)
    best = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(repeats):
            start = time.perf_counter()
            list(pool.map(lambda rows: np.copyto(target[rows[0] : rows[-1] + 1], array[rows[0] : rows[-1] + 1]), parts))
            best.append(time.perf_counter() - start)
    return 2 * array.nbytes / statistics.median(best)


def resident(key: str) -> int:
    with open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(key):
                return 1024 * int(line.split()[1])
    raise RuntimeError(f"no {key} in /proc/self/status")


def peak_memory(shape, with_series: bool) -> float:
    """Peak resident memory while the maps are made, over the size of the input; the input counts, Python itself does not."""
    array = make_series(shape)
    series = bolus.PerfusionSeries(array, times=STEP * np.arange(shape[3]), echo_time=TE)
    mask = bolus.Mask(np.ones(shape[:3], np.uint8, order="F"))
    before = resident("VmRSS")
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # forget the peak so far
    maps = dsc.PerfusionMaps(quantities=NAMES + (["delta_r2s"] if with_series else []))(series, mask, tissue=mask)
    peak = resident("VmHWM")
    assert len(maps.images) == len(NAMES)
    return (peak - before + array.nbytes) / array.nbytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--shape", type=int, nargs=4, default=[128, 128, 20, 60])
    parser.add_argument("--memory-only", choices=["maps", "series"], help=argparse.SUPPRESS)
    parser.add_argument("--output", default="perfusion_maps.json", help="where the JSON goes")
    arguments = parser.parse_args()
    shape = tuple(arguments.shape)
    if arguments.memory_only:
        print(peak_memory(shape, arguments.memory_only == "series"))
        return

    array = make_series(shape)
    times = STEP * np.arange(shape[3])
    flat = array.T.reshape(shape[3], -1)  # the same memory
    series = bolus.PerfusionSeries(array, times=times, echo_time=TE)
    mask = bolus.Mask(np.ones(shape[:3], np.uint8, order="F"))

    def run_bolus(threads, quantities):
        return dsc.PerfusionMaps(quantities=quantities, threads=threads)(series, mask, tissue=mask)

    everything = [*NAMES, "delta_r2s"]
    truth = run_bolus(2, everything)
    shifted = truth["arrival_time"].array.T.reshape(-1)
    numpy_maps = BlockedArrays(truth.timing, times, 0.0, 4096)
    found = numpy_maps.run(flat, 1)["arrival_time"]
    usable = (found != 0) & (shifted != 0)
    numpy_maps.arrival_shift = np.float32(np.median(shifted[usable] - found[usable]))
    speeds = {}
    for block in (1024, 2048, 4096, 8192, 16384, 65536):
        numpy_maps.block = block
        speeds[block] = min(seconds(lambda: numpy_maps.run(flat, 2))[0] for _ in range(3))
    numpy_maps.block = min(speeds, key=speeds.get)

    whole = WholeArrays(truth.timing, times, numpy_maps.arrival_shift)
    inside = mask.array.T.reshape(-1) != 0
    contenders = {
        "numpy, whole arrays": lambda: whole.run(flat, inside, inside),
        "numpy, blocks, 1 thread": lambda: numpy_maps.run(flat, 1),
        "numpy, blocks, 2 threads": lambda: numpy_maps.run(flat, 2),
        "bolus, 1 thread": lambda: run_bolus(1, everything),
        "bolus, 2 threads": lambda: run_bolus(2, everything),
        "bolus, 2 threads, maps only": lambda: run_bolus(2, NAMES),
    }
    taken = {name: [] for name in contenders}
    for _ in range(arguments.repeats):  # by turns, so that a busy moment of the machine meets all of them
        for name, call in contenders.items():
            duration, result = seconds(call)
            taken[name].append(duration)
            del result  # so that each finds the same memory free: new pages can cost more than the maps
    ours = contenders["bolus, 2 threads"]()
    differences = {}
    for peer_name in ("numpy, whole arrays", "numpy, blocks, 2 threads"):
        peer = contenders[peer_name]()
        for name in NAMES:
            one, other = ours[name].array.T.reshape(-1).astype(float), peer[name].astype(float)
            scale = np.abs(other).mean()
            apart = np.abs(one - other) > 1e-3 * (scale + np.abs(other))
            differences[f"{peer_name}: {name}"] = float(np.median(np.abs(one - other)) / scale)
            # A crossing or a significance that rounding decides may fall on either side in single voxels.
            assert apart.mean() < 1e-3, f"{name} differs in {apart.sum()} voxels"
        np.testing.assert_allclose(ours.delta_r2s.array.T.reshape(shape[3], -1), peer["delta_r2s"], atol=2e-4)
        assert (ours.states.array.T.reshape(-1) != peer["state"]).mean() < 1e-4
        del peer
    del ours

    median = {name: statistics.median(wall for wall, _ in values) for name, values in taken.items()}
    processor = {name: statistics.median(cpu for _, cpu in values) for name, values in taken.items()}
    ratios = {
        f"{peer} / {own}": {"wall": median[peer] / median[own], "processor": processor[peer] / processor[own]}
        for peer in contenders
        if peer.startswith("numpy")
        for own in contenders
        if own.startswith("bolus")
    }
    bandwidth = copy_bandwidth(flat, 2, arguments.repeats)
    share = 2 * array.nbytes / median["bolus, 2 threads"] / bandwidth
    share_maps = array.nbytes / median["bolus, 2 threads, maps only"] / bandwidth
    command = [sys.executable, __file__, "--shape", *map(str, shape), "--memory-only"]
    memory = {
        kind: float(subprocess.run([*command, kind], check=True, capture_output=True, text=True).stdout)
        for kind in ("maps", "series")
    }

    print(
        f"{' x '.join(map(str, shape))}, median of {arguments.repeats} runs by turns, numpy in blocks of {numpy_maps.block}\n"
    )
    for name, value in median.items():
        print(f"{name:32}{1e3 * value:9.1f} ms {1e3 * processor[name]:9.1f} ms of processor time")
    print()
    for name, value in ratios.items():
        print(f"{name:60}{value['wall']:7.1f}x wall{value['processor']:7.1f}x processor time")
    print()
    print(
        f"copy bandwidth {bandwidth / 1e9:.1f} GB/s on 2 threads; share of it {share:.0%} with dR2*, {share_maps:.0%} without"
    )
    print(
        f"peak memory over the input: {memory['maps']:.2f} for maps, {memory['series']:.2f} with dR2* of every volume"
    )
    report = {
        "benchmark": "perfusion_maps",
        "bolus": bolus.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "shape": shape,
        "numpy_block": numpy_maps.block,
        "seconds": median,
        "processor_seconds": processor,
        "all_seconds": taken,
        "ratios": ratios,
        "copy_bandwidth": bandwidth,
        "share_of_copy_bandwidth": {"with_series": share, "maps": share_maps},
        "peak_memory_over_input": memory,
        "median_relative_difference": differences,
    }
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
