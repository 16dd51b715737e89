"""Runs exported models with onnxruntime on given rows: posteriors, logits with the true past, NADE conditionals."""

import json
import pathlib
import sys

import numpy as np
import onnxruntime as ort


class Model:
    def __init__(self, folder):
        self.sessions = {p.stem: ort.InferenceSession(p, providers=["CPUExecutionProvider"])
                         for p in folder.glob("*.onnx")}

    def run(self, name, **inputs):
        session = self.sessions[name]
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, inputs)))


def following(results):
    """The next step's states from a step's results."""
    return {name[:-5]: value for name, value in results.items() if name.endswith("_next")}


def whole(state):
    """A stack's whole state as one row: c0, h0, c1, h1, ..."""
    layers = len(state) // 2
    return np.concatenate([state[f"{part}{k}"] for k in range(layers) for part in "ch"], axis=1)


def decode(model, case):
    z = np.array(case["z"], np.float32)
    outputs = np.array(case["outputs"], np.float32)
    batch, steps, _ = outputs.shape
    fed = np.concatenate([np.zeros_like(outputs[:, :1]), outputs[:, :-1]], axis=1)
    names = [f"decoder_{i}" for i in range(len(case["parts"]))] if case["split"] else ["decoder"]
    ends = np.cumsum(case["parts"])
    logits = []

    def segment(latent, count):
        states = [model.run(f"{name}_start", latent=latent) for name in names]
        for _ in range(count):
            t = len(logits)
            row = []
            for i, name in enumerate(names):
                more = {}
                if case["controls"] is not None:
                    control = np.array(case["controls"][t], np.float32)
                    more["controls"] = np.repeat(control[None], batch, axis=0)
                previous = fed[:, t, ends[i] - case["parts"][i]:ends[i]]
                results = model.run(f"{name}_step", previous=previous, latent=latent, **states[i], **more)
                states[i] = following(results)
                row.append(results["logits"])
            logits.append(np.concatenate(row, axis=1))
        return whole(states[0])

    def level(l, x):
        if l + 1 >= len(case["levels"]):
            return segment(x, case["levels"][-1])
        state = model.run(f"conductor_{l}_start", x=x)
        lower = np.zeros_like(whole(state))
        for _ in range(case["levels"][l]):
            more = {"lower": lower, "x": x} if case["autoregressive"] else {}
            results = model.run(f"conductor_{l}_step", **state, **more)
            state = following(results)
            lower = level(l + 1, results["embedding"])
        return whole(state)

    if case["levels"]:
        level(0, z)
    else:
        segment(z, steps)
    return np.stack(logits, axis=1)


def draw(folder):
    """The likeliest patterns of four points from the graphs that run on a graphics card, step after step of a chunk."""
    sessions = [ort.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
                for name in ("decoder_start", "decoder_chunk")]
    start, chunk = sessions
    z = np.array(json.loads((folder / "z.json").read_text()), np.float32)
    latent = np.zeros(start.get_inputs()[0].shape, np.float32)
    latent[:, :z.shape[1]] = z
    *states, base = start.run(None, {"latent": latent})
    count = 512
    feeds = {"base": base, "temperature": np.ones((1, 1), np.float32), "count0": np.array([count], np.float32),
             "previous0": np.full(4, count, np.int32)}
    for put in chunk.get_inputs():
        if put.name[0] in "ch" and put.name[1:].isdigit():
            feeds[put.name] = states[2 * int(put.name[1:]) + "ch".index(put.name[0])]
        elif put.name.startswith("noise"):
            feeds[put.name] = np.zeros(put.shape, np.float32)
    drawn = chunk.run(None, feeds)[:-len(states)]
    json.dump(np.array(drawn, int).T.tolist(), sys.stdout)


def main():
    if sys.argv[2:] == ["card"]:
        return draw(pathlib.Path(sys.argv[1]))
    results = {}
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        case = json.loads((folder / "case.json").read_text())
        model = Model(folder)
        x = np.array(case["x"], np.float32)
        more = {"lengths": np.full(x.shape[0], x.shape[1], np.int32)} if case["flat_encoder"] else {}
        result = model.run("encoder", x=x, **more)
        result["logits"] = decode(model, case)
        if case["nade"]:
            bits = np.array(case["outputs"], np.float32)
            rows = [model.run("nade", projected=p, bits=b)["logits"]
                    for p, b in zip(result["logits"], bits)]
            result["conditionals"] = 1 / (1 + np.exp(-np.array(rows)))
        results[folder.name] = {key: value.tolist() for key, value in result.items()}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
