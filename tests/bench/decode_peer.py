"""Decodes with onnxruntime what tests/bench/models.rs exported: python3 tests/bench/decode_peer.py DIR ROWS REPEATS.

One call of the step graph a step, the likeliest token fed back, two threads: how such models are run where nothing
was written for them. Prints one JSON list of milliseconds, the first decode (which warms up) left out.
"""

import json
import pathlib
import sys
import time

import numpy as np
import onnxruntime as ort

folder, rows, repeats = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
case = json.loads((folder / "case.json").read_text())
options = ort.SessionOptions()
options.intra_op_num_threads = 2
sessions = {path.stem: ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            for path in folder.glob("*.onnx") if path.stem != "encoder"}
outputs = {name: [output.name for output in session.get_outputs()] for name, session in sessions.items()}


def run(name, feeds):
    return dict(zip(outputs[name], sessions[name].run(None, feeds)))


def following(results):
    return {name[:-5]: value for name, value in results.items() if name.endswith("_next")}


def one_hot(logits):
    row = np.zeros_like(logits)
    row[np.arange(len(row)), logits.argmax(axis=1)] = 1
    return row


names = [f"decoder_{i}" for i in range(len(case["parts"]))] if len(case["parts"]) > 1 else ["decoder"]


def segment(latent, steps, previous):
    states = [run(f"{name}_start", {"latent": latent}) for name in names]
    for _ in range(steps):
        for i, name in enumerate(names):
            results = run(f"{name}_step", {"previous": previous[i], "latent": latent, **states[i]})
            states[i] = following(results)
            previous[i] = one_hot(results["logits"])


def decode(z):
    previous = [np.zeros((rows, width), np.float32) for width in case["parts"]]
    if not case["levels"]:
        return segment(z, case["steps"], previous)
    segments, steps = case["levels"]
    state = run("conductor_0_start", {"x": z})
    for _ in range(segments):
        results = run("conductor_0_step", state)
        state = following(results)
        segment(results["embedding"], steps, previous)


z = np.random.default_rng(1).standard_normal((rows, case["z_size"])).astype(np.float32)
times = []
for _ in range(repeats + 1):
    start = time.perf_counter()
    decode(z)
    times.append((time.perf_counter() - start) * 1e3)
print(json.dumps(times[1:]))
