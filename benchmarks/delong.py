"""DeLong's covariance of two models: bolus beside the fast algorithm (Sun and Xu 2014) in Python, by turns in one run.

Two peers: midranks by a loop over the sorted scores, as the versions in circulation have them, and by numpy alone, as fast as
we could write it.
"""

import argparse
import json
import statistics
import time

import numpy as np

from bolus.evaluate import delong_covariance


def midranks(x):
    order = np.argsort(x)
    z = x[order]
    starts = np.flatnonzero(np.r_[True, z[1:] != z[:-1], True])
    middle = 0.5 * (starts[:-1] + starts[1:] - 1) + 1
    ranks = np.empty(x.size)
    ranks[order] = np.repeat(middle, np.diff(starts))
    return ranks


def midranks_by_loop(x):
    order = np.argsort(x)
    z, middle, begin = x[order], np.empty(x.size), 0
    while begin < x.size:
        end = begin
        while end < x.size and z[end] == z[begin]:
            end += 1
        middle[begin:end] = 0.5 * (begin + end - 1) + 1
        begin = end
    ranks = np.empty(x.size)
    ranks[order] = middle
    return ranks


def fast_python(labels, scores, midranks=midranks):
    """Algorithm of Sun and Xu: three sets of midranks a model."""
    positive, negative = scores[:, labels == 1], scores[:, labels == 0]
    m, n = positive.shape[1], negative.shape[1]
    tx = np.array([midranks(row) for row in positive])
    ty = np.array([midranks(row) for row in negative])
    tz = np.array([midranks(row) for row in np.hstack([positive, negative])])
    areas = tz[:, :m].sum(axis=1) / m / n - (m + 1) / 2 / n
    v01, v10 = (tz[:, :m] - tx) / n, 1 - (tz[:, m:] - ty) / m
    return areas, np.cov(v01) / m + np.cov(v10) / n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--json", help="where the JSON goes")
    arguments = parser.parse_args()
    results = []
    print(
        f"{'samples':>8}{'loop':>12}{'numpy':>12}{'1 thread':>12}{'of numpy':>9}{'default':>12}{'of numpy':>9}{'of loop':>8}"
    )
    for samples in (463, 5000, 100_000):
        generator = np.random.default_rng(0)
        labels = (generator.random(samples) < 0.2).astype(np.int64)
        scores = labels + generator.normal(size=(2, samples))
        columns = np.asfortranarray(scores.T)
        contenders = {
            "loop": lambda labels=labels, scores=scores: fast_python(labels, scores, midranks_by_loop),
            "numpy": lambda labels=labels, scores=scores: fast_python(labels, scores),
            "one_thread": lambda labels=labels, columns=columns: delong_covariance(labels, columns, threads=1),
            "default": lambda labels=labels, columns=columns: delong_covariance(labels, columns),
        }
        times = {name: [] for name in contenders}
        for _ in range(arguments.repeats):
            values = {}
            for name, call in contenders.items():
                start = time.perf_counter()
                values[name] = call()
                times[name].append(time.perf_counter() - start)
            np.testing.assert_allclose(values["one_thread"][0], values["numpy"][0], atol=1e-12)
            np.testing.assert_allclose(values["one_thread"][1], values["numpy"][1], rtol=1e-8)
        median = {name: statistics.median(taken) for name, taken in times.items()}
        results.append({"samples": samples, "seconds": median})
        print(
            f"{samples:8}{1e3 * median['loop']:9.2f} ms{1e3 * median['numpy']:9.2f} ms{1e3 * median['one_thread']:9.2f} ms"
            f"{median['numpy'] / median['one_thread']:8.1f}x{1e3 * median['default']:9.2f} ms"
            f"{median['numpy'] / median['default']:8.1f}x{median['loop'] / median['default']:7.0f}x"
        )
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    main()
