"""CPU seconds that each public header takes to compile alone, beside <Eigen/Dense>, which most of them include.

Prints a table and writes JSON: python benchmarks/header_compile_time.py [--output header_compile_time.json]
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

root = Path(__file__).parents[1]


def compile_seconds(compiler: str, include: str, folders: list[str], repeats: int, folder: Path) -> float:
    """Median CPU seconds for a file that includes `include` alone: unlike the clock, not stretched by other work."""
    source = folder / "alone.cpp"
    source.write_text(f"#include <{include}>\n")
    command = [compiler, "-std=c++20", "-O0", "-c", str(source), "-o", str(folder / "alone.o"), *folders]
    seconds = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default=shutil.which("g++") or "c++")
    parser.add_argument("--eigen", default="/usr/include/eigen3", help="folder that holds Eigen/")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--module", action="append", help="module to measure (again for more); default: all")
    parser.add_argument("--output", type=Path, default=Path("header_compile_time.json"))
    options = parser.parse_args()

    folders = [f"-I{root / 'include'}", "-isystem", options.eigen]
    headers = sorted((root / "include" / "bolus").rglob("*.hpp"))
    names = [str(header.relative_to(root / "include")) for header in headers]
    if options.module:
        names = [name for name in names if name.split("/")[1] in options.module]
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ["Eigen/Dense", *names]:
            result[name] = compile_seconds(options.compiler, name, folders, options.repeats, Path(folder))
            print(
                f"{name:<50} {result[name]:6.2f} s  {result[name] / result['Eigen/Dense']:5.2f} x Eigen/Dense",
                flush=True,
            )
    slowest = max(names, key=result.__getitem__)
    print(f"{len(names)} headers; slowest {slowest}: {result[slowest]:.2f} s")
    version = subprocess.run(
        [options.compiler, "--version"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[0]
    options.output.write_text(
        json.dumps({"compiler": version, "flags": "-std=c++20 -O0", "cpu_seconds": result}, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
