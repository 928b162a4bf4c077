# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Configurations of staged networks, and what they compute, by numpy alone."""

import numpy as np

ACTS = ("ReLU6", "ReLU", "Hardswish", "SiLU")
EPS = 1e-5


def block(size, kernel, stride, in_c, exp_c, out_c, **more):
    return [size, kernel, stride, in_c, exp_c, out_c] + ([more] if more else [])


def configuration(stages, sync=None, *, stem=8, head=12, classes=5, act="ReLU6", **more):
    """`stages`: lists of blocks, or of branches' lists of blocks where there is a `sync`."""
    last = stages[-1][-1] if sync is None else stages[-1][0][-1]
    out = last[5] * (len(stages[-1]) if sync and sync[-1] == "c" else 1)
    value = {"name": "base", "act": act, "stem": [3, stem, 3, 2], "head": [out, head, 1, 1],
             "bn_momentum": 0.1, "eps": EPS, "classes": classes, **more}
    for s, stage in enumerate(stages):
        value[str(s)] = stage if sync is None else {str(b): blocks for b, blocks in enumerate(stage)}
    if sync is not None:
        value["sync"] = list(sync)
    return value


def random_configuration(seed, branches):
    """Two or three stages, each of other channels; some blocks with gates, mixed kernels, activations of their own.

    Two seeds of three have some of ReXNet: late activations, gates' own ones, partial shortcuts.
    """
    draw, more_of = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    rexnet = seed % 3 > 0
    act = str(draw.choice(ACTS))
    stem = int(draw.choice([4, 8, 12]))
    count = int(draw.integers(2, 4))
    sync = [str(draw.choice(["n", "a", "c"])) for _ in range(count - 1)] + [str(draw.choice(["a", "c"]))]
    if branches == 1:
        sync = ["n"] * count
    flow, size, stages, wide = [stem] * branches, 12, [], int(draw.integers(3))
    for s in range(count):
        out, stride, stage = 6 * (1 + (wide + s) % 3), int(draw.integers(1, 3)), []
        out //= branches if sync[s] == "c" else 1
        kernel, blocks = int(draw.choice([1, 3, 5])), int(draw.integers(1, 3))
        more = [{}, {"kernels": [3, 5]}, {"kernels": [3, 5, 7]}][int(draw.integers(3))]
        if draw.integers(2):
            more = {**more, "act": str(draw.choice([a for a in ACTS if a != act]))}
        for b in range(branches):
            own, channels, edge = [], flow[b], size
            for i in range(blocks):
                grows = rexnet and blocks > 1
                own_out = out - out // 4 - 1 if grows and i == 0 else out
                step = stride if i == 0 else 1
                expanded = channels if channels > 2 and draw.integers(4) == 0 else int(draw.integers(4, 20))
                gate = {"se": int(draw.integers(1, 5))} if draw.integers(2) else {}
                first = more["kernels"][0] if "kernels" in more else kernel
                own_more = rexnet_options(more_of, act, more, gate, branches > 1 or expanded != channels) if rexnet else {}
                if rexnet:
                    own_more |= groups_options(more_of, channels, expanded, own_out)
                if grows and (i > 0 or branches > 1):
                    own_more["shortcut"] = "partial"
                own.append(block(edge, first, step, channels, expanded, own_out, **more, **gate, **own_more))
                channels, edge = own_out, (edge - 1) // step + 1
            stage.append(own)
        stages.append(stage)
        size = edge
        flow = [out * (branches if sync[s] == "c" else 1)] * branches
    if branches == 1:
        return configuration([stage[0] for stage in stages], stem=stem, act=act)
    return configuration(stages, sync, stem=stem, act=act)


def rexnet_options(draw, act, more, gate, expands):
    """Only what is not the same as without."""
    own, options = more.get("act", act), {}
    if expands and draw.integers(2):
        options["late_act"] = str(draw.choice([a for a in ACTS if a != own]))
    if gate and draw.integers(2):
        usual = "ReLU" if "Hardswish" in (act, own) else own
        options["se_act"] = str(draw.choice([a for a in ACTS if a != usual]))
    return options


def groups_options(draw, *channels):
    """MixNet's halves: of 1x1 convolutions from each number of channels to the next, where they divide them."""
    groups = []
    for reads, leaves in zip(channels, channels[1:]):
        can = [g for g in (2, 3) if reads % g == leaves % g == 0 and reads >= 2 * g]
        groups.append(int(draw.choice(can)) if can and draw.integers(3) else 1)
    if channels[0] == channels[1]:
        groups[0] = 1  # there is no expansion
    return {"groups_pw": groups} if groups != [1, 1] else {}


def trained(weights, seed=0):
    """Weights and statistics as if the network had been trained: every value matters, none dies."""
    draw = np.random.default_rng(seed)
    result = {}
    for name, value in weights.items():
        if value.ndim > 1:
            fan_in = np.prod(value.shape[1:])
            result[name] = draw.normal(0, 1.4 * fan_in**-0.5, value.shape)
        elif name.endswith("running_var") or (name.endswith("weight")):
            result[name] = draw.uniform(0.7, 1.5, value.shape)
        else:
            result[name] = draw.uniform(-0.3, 0.3, value.shape)
        result[name] = result[name].astype(np.float32)
    return result


def activate(x, act):
    if act == "SiLU":
        return x / (1 + np.exp(-x))
    if act == "Hardswish":
        return x * np.clip(x + 3, 0, 6) / 6
    return np.clip(x, 0, 6 if act == "ReLU6" else None)


def conv(x, weight, stride=1, depthwise=False):
    if not depthwise and weight.shape[1] < len(x):  # in groups
        groups = len(x) // weight.shape[1]
        return np.concatenate([conv(*part, stride) for part in zip(np.split(x, groups), np.split(weight, groups))])
    k = weight.shape[2]
    x = np.pad(x, [(0, 0)] + [(k // 2, k // 2)] * 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), (1, 2))[:, ::stride, ::stride]
    if depthwise:
        return np.einsum("chwij,cij->chw", windows, weight[:, 0])
    return np.einsum("chwij,ocij->ohw", windows, weight)


class Reference:
    """A configuration as its words say, on one C x H x W picture, in double precision."""

    def __init__(self, config, weights):
        self.config = config
        self.weights = {name: value.astype(np.float64) for name, value in weights.items()}

    def norm(self, x, module):
        scale, shift, mean, variance = (
            self.weights[f"{module}.{n}"] for n in ("weight", "bias", "running_mean", "running_var"))
        factor = scale / np.sqrt(variance + self.config["eps"])
        return x * factor[:, None, None] + (shift - mean * factor)[:, None, None]

    def conv_norm(self, x, module, stride=1):
        return self.norm(conv(x, self.weights[module + ".0.weight"], stride), module + ".1")

    def gate(self, x, module, act, se_act):
        hard = "Hardswish" in (act, self.config["act"])
        w = self.weights
        y = w[module + ".reduce.weight"][:, :, 0, 0] @ x.mean((1, 2)) + w[module + ".reduce.bias"]
        y = activate(y, se_act or ("ReLU" if hard else act))
        y = w[module + ".expand.weight"][:, :, 0, 0] @ y + w[module + ".expand.bias"]
        return x * (np.clip(y / 6 + 0.5, 0, 1) if hard else 1 / (1 + np.exp(-y)))[:, None, None]

    def block(self, x, spec, module):
        _, kernel, stride, in_c, exp_c, out_c, *more = spec
        more = more[0] if more else {}
        act, layer, y = more.get("act", self.config["act"]), 0, x
        if exp_c != in_c:
            y, layer = activate(self.conv_norm(y, f"{module}.{layer}"), act), 1
        kernels = more.get("kernels", [kernel])
        if len(kernels) == 1:
            y = conv(y, self.weights[f"{module}.{layer}.0.weight"], stride, depthwise=True)
        else:
            sizes = [exp_c // len(kernels)] * len(kernels)
            sizes[0] += exp_c - sum(sizes)
            parts = np.split(y, np.cumsum(sizes)[:-1])
            y = np.concatenate([conv(part, self.weights[f"{module}.{layer}.0.convs.{i}.weight"], stride, True)
                                for i, part in enumerate(parts)])
        y, layer, late = self.norm(y, f"{module}.{layer}.1"), layer + 1, more.get("late_act")
        if not late:
            y = activate(y, act)
        if more.get("se"):
            y, layer = self.gate(y, f"{module}.{layer}", act, more.get("se_act")), layer + 1
        if late:
            y = activate(y, late)
        y = self.conv_norm(y, f"{module}.{layer}")
        if stride == 1 and (in_c == out_c or "shortcut" in more and in_c < out_c):
            y[:in_c] += x
        return y

    def __call__(self, picture):
        config, act = self.config, self.config["act"]
        x = activate(self.conv_norm(picture, "stem", config["stem"][3]), act)
        stages = [config[str(s)] for s in range(64) if str(s) in config]
        branches = 1 if isinstance(stages[0], list) else len(stages[0])
        values = [x] * branches
        for s, stage in enumerate(stages):
            for b in range(branches):
                blocks = stage if branches == 1 else stage[str(b)]
                for i, spec in enumerate(blocks):
                    values[b] = self.block(values[b], spec, f"stages.{s}.{b}.{i}.layers")
            kind = config["sync"][s] if branches > 1 else "n"
            if kind != "n":
                joined = sum(values[1:], values[0]) if kind == "a" else np.concatenate(values)
                values = [joined] * branches
        x = activate(self.conv_norm(values[0], "head", config["head"][3]), act).mean((1, 2))
        if "hidden" in config:
            x = activate(self.weights["hidden.0.weight"] @ x + self.weights["hidden.0.bias"], act)
        return self.weights["classifier.weight"] @ x + self.weights["classifier.bias"]
