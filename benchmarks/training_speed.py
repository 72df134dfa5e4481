"""Training epochs and prediction of the attention-LSTM: bolus beside PyTorch's eager nn.LSTM, same architecture and optimiser.

Both train on the same simulated curves with Adam, in batches of 64 and in one batch of all 3160 samples, and predict 100,000
windows. They take turns, so that a busy moment of the machine meets both. Before predictions are timed, the outputs for the
same weights are compared, and PyTorch gets the batch size that suits it best among several. `cpu` is the processor time of all
threads: on a busy machine it says more than the clock, with one thread at least; PyTorch's threads turn on the spot
while they wait
for each other.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np
import torch
from torch import nn

import bolus
from bolus._core.model import IDHClassifier as Training
from bolus.model import NetworkShape, random_network

SAMPLES, CHANNELS = 3160, 5
EAGER_BATCHES = (128, 256, 512, 1024, 2048, 4096)


class Eager(nn.Module):
    """The published network in plain PyTorch."""

    def __init__(self, hidden: int):
        super().__init__()
        self.convolution = nn.ModuleList([nn.Conv1d(CHANNELS, 16, 5, padding=2)])
        self.lstm = nn.LSTM(16, hidden, bidirectional=True, batch_first=True)
        self.attention = nn.Linear(2 * hidden, 1)
        self.classifier = nn.Linear(2 * hidden, 1)

    def forward(self, x):
        states, _ = self.lstm(torch.relu(self.convolution[0](x)).transpose(1, 2))
        weights = torch.softmax(self.attention(states).squeeze(-1), dim=1)
        return self.classifier((weights.unsqueeze(-1) * states).sum(dim=1)).squeeze(-1)


def eager_epoch(module, optimiser, X, y, batch: int) -> None:
    order = torch.randperm(len(X))
    for begin in range(0, len(X), batch):
        rows = order[begin : begin + batch]
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(module(X[rows]), y[rows])
        loss.backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def timed(call) -> tuple[float, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - cpu


def compare(contenders: dict, repeats: int) -> dict:
    """Medians of clock and processor time; each contender gives how many units a call holds."""
    times = {name: [] for name in contenders}
    for call, _ in contenders.values():
        call()
    for _ in range(repeats):
        for name, (call, units) in contenders.items():
            times[name].append([value / units for value in timed(call)])
    clock = {name: statistics.median(t[0] for t in taken) for name, taken in times.items()}
    cpu = {name: statistics.median(t[1] for t in taken) for name, taken in times.items()}
    return {
        "seconds": clock,
        "cpu_seconds": cpu,
        "ratio": clock["eager"] / clock["fused"],
        "ratio_cpu": cpu["eager"] / cpu["fused"],
        "all": times,
    }


def train(steps: int, hidden: int, batch: int, threads: int, repeats: int) -> dict:
    torch.set_num_threads(threads)
    generator = np.random.default_rng(0)
    labels = (np.arange(SAMPLES) % 4 == 0).astype(int)
    curves = generator.normal(size=(SAMPLES, CHANNELS, steps)).astype("f4")
    data = bolus.Dataset(curves, labels=labels, patients=[str(i // 8) for i in range(SAMPLES)], time_step=1.5)
    epochs = 4 if batch < SAMPLES else 8
    classifier = Training(
        hidden_size=hidden, batch_size=batch, max_epochs=epochs, validation_fraction=0.0, threads=threads, seed=0
    )
    module = Eager(hidden)
    optimiser = torch.optim.Adam(module.parameters(), lr=2e-3)
    X, y = torch.from_numpy(curves), torch.from_numpy(labels).float()
    eager_epochs = max(1, epochs // 4)

    def eager():
        for _ in range(eager_epochs):
            eager_epoch(module, optimiser, X, y, batch)

    contenders = {"eager": (eager, eager_epochs), "fused": (lambda: classifier.fit(data), epochs)}
    return {"case": "epoch", "steps": steps, "hidden": hidden, "batch": batch, "threads": threads} | compare(
        contenders, repeats
    )


def predict(steps: int, hidden: int, threads: int, windows: int, repeats: int) -> dict:
    torch.set_num_threads(threads)
    curves = np.random.default_rng(1).normal(size=(windows, CHANNELS, steps)).astype("f4")
    network = random_network(NetworkShape(hidden_size=hidden), 0)
    module = Eager(hidden).eval()
    module.load_state_dict({name: torch.from_numpy(array) for name, array in network.weights.items()})
    X = torch.from_numpy(curves)

    def eager(rows=X, batch=1024):
        with torch.inference_mode():
            return torch.cat([module(part) for part in rows.split(batch)])

    def fused():
        return network.predict(curves, threads=threads)

    np.testing.assert_allclose(fused().logit, eager().numpy(), atol=1e-5)
    some = X[: max(1, windows // 10)]
    by_batch = {b: min(timed(lambda b=b: eager(some, b))[1] for _ in range(3)) for b in EAGER_BATCHES}
    best = min(by_batch, key=by_batch.get)
    result = compare({"eager": (lambda: eager(X, best), 1), "fused": (fused, 1)}, repeats)
    sizes = {"case": "predict", "steps": steps, "hidden": hidden, "batch": windows, "threads": threads}
    return sizes | result | {"eager_batch": best, "eager_cpu_seconds_of_a_tenth": by_batch}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the numbers here")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--windows", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="hidden 16 and two threads alone")
    parser.add_argument("--only", choices=("epoch", "predict"), help="training or prediction alone")
    arguments = parser.parse_args()

    results = []
    print(
        f"{'case':8} {'steps':>5} {'hidden':>6} {'batch':>7} {'threads':>7} {'eager':>11} {'fused':>11} {'ratio':>7} {'cpu':>7}"
    )

    def note(result: dict) -> None:
        results.append(result)
        sizes = "{case:8} {steps:5} {hidden:6} {batch:7} {threads:7}".format(**result)
        clock = result["seconds"]
        print(
            f"{sizes} {clock['eager'] * 1e3:8.1f} ms {clock['fused'] * 1e3:8.1f} ms"
            f" {result['ratio']:6.1f}x {result['ratio_cpu']:6.1f}x",
            flush=True,
        )

    for threads in (2,) if arguments.quick else (2, 1):
        for hidden in (16,) if arguments.quick else (16, 32, 64):
            for steps in (40, 60):
                for batch in (64, SAMPLES):
                    if arguments.only != "predict":
                        note(train(steps, hidden, batch, threads, arguments.repeats))
                if arguments.only != "epoch":
                    note(predict(steps, hidden, threads, arguments.windows, max(3, arguments.repeats // 2)))
    if arguments.json:
        machine = {"machine": processor(), "cores": os.cpu_count(), "load": os.getloadavg()}
        versions = {"torch": torch.__version__, "bolus": bolus.__version__, "simd": os.environ.get("BOLUS_SIMD", "")}
        with open(arguments.json, "w") as file:
            json.dump(machine | versions | {"results": results}, file, indent=1)


if __name__ == "__main__":
    main()
