"""How long each public header takes to compile on its own, beside an empty file that includes Eigen alone.

Core headers (core, dsc, simulate, evaluate) are meant to stay under 3 s each. CPU seconds of `c++ -std=c++20 -O0`, median.
Prints a table and writes JSON to --output (header_compile_time.json in the current folder).
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
from pathlib import Path

include = Path(__file__).parents[1] / "include"


def cpu_seconds(compiler: str, eigen: str, header: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [compiler, "-std=c++20", "-c", "-x", "c++", "-", "-o", os.devnull, f"-I{include}", f"-I{eigen}"]
    subprocess.run(command, input=f"#include <{header}>\n", text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    parser.add_argument("--eigen", default="/usr/include/eigen3")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("header_compile_time.json"))
    options = parser.parse_args()
    modules = ("core", "dsc", "simulate", "evaluate", "io", "preprocess", "segment", "model", "pipeline")
    headers = ["Eigen/Dense"]
    headers += [
        str(path.relative_to(include))
        for module in modules
        for path in sorted((include / "bolus" / module).glob("*.hpp"))
    ]
    times = {}
    for header in headers:
        runs = [cpu_seconds(options.compiler, options.eigen, header) for _ in range(options.repeats)]
        times[header] = statistics.median(runs)
        print(f"{header:45}{times[header]:6.2f} s", flush=True)
    core = {name: value for name, value in times.items() if name.split("/")[1] in modules[:4]}
    slowest = max(core, key=core.get)
    print(f"slowest core header: {slowest}, {core[slowest]:.2f} s; Eigen alone {times['Eigen/Dense']:.2f} s")
    options.output.write_text(json.dumps(times, indent=2) + "\n")


if __name__ == "__main__":
    main()
