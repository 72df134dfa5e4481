"""What `import bolus` costs beyond `import torch`, each in a process of its own, alternating.

Prints the medians and writes JSON to --output (import_time.json in the current folder).
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

CODE = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds(modules: str) -> float:
    return float(subprocess.run([sys.executable, "-c", CODE.format(modules)], capture_output=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--output", type=Path, default=Path("import_time.json"))
    options = parser.parse_args()
    pairs = [(seconds("torch"), seconds("torch, bolus")) for _ in range(options.repeats + 1)][
        1:
    ]  # the first warms the disk
    result = {
        "torch_s": statistics.median(alone for alone, _ in pairs),
        "torch_and_bolus_s": statistics.median(both for _, both in pairs),
        "added_s": statistics.median(both - alone for alone, both in pairs),
        "repeats": options.repeats,
    }
    print(f"import torch         {result['torch_s']:6.2f} s")
    print(f"import torch, bolus  {result['torch_and_bolus_s']:6.2f} s")
    print(f"added by bolus       {result['added_s']:6.2f} s (median of {options.repeats} differences)")
    options.output.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
