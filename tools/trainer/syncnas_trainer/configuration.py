# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads and checks the configuration of a base or of a branched network.

The format is that of SyncNAS's published program (model_configs/*.json) with additions, all
optional: `classes`, `hidden`, and per block an object {"se", "act", "kernels", "late_act", "se_act",
"shortcut", "groups_pw"}. docs/nas_networks.md has them all.
A base network is read as a network of one branch without syncs, so users meet one form only.
"""

import json
from dataclasses import dataclass, field

ACTIVATIONS = ("ReLU6", "ReLU", "Hardswish", "SiLU")
EXTRA = {"se", "act", "kernels", "late_act", "se_act", "shortcut", "groups_pw"}  # of a block's 7th element

# Bounds that no real network reaches; they keep a hostile file from taking the machine's memory.
MAX_CHANNELS = 1 << 14
MAX_EDGE = 4096
MAX_KERNEL = 31
MAX_STAGES = 64
MAX_BRANCHES = 16
MAX_BLOCKS = 64
MAX_CLASSES = 1 << 17
MAX_WEIGHTS = 1 << 28  # of all layers together
MAX_VALUES = 1 << 26  # of one layer's output for one image


class ConfigurationError(ValueError):
    """The configuration is wrong; the message names stage, branch and block."""


@dataclass(frozen=True)
class Block:
    """One MBConv block. `kernels` lists the depthwise kernels: more than one is MixConv."""

    in_size: int  # edge of the input in pixels
    stride: int
    in_c: int
    exp_c: int
    out_c: int
    kernels: tuple  # of int
    act: str
    se: int = 0  # squeezed channels of squeeze-and-excitation, 0 for none
    late_act: str = ""  # in front of the projection, behind the gate, instead of the depthwise's
    se_act: str = ""  # within the gate; "" is the default that network.SqueezeExcite says
    groups_pw: tuple = (1, 1)  # of the 1x1 convolutions, expansion and projection
    partial: bool = False  # the residual sum may reach the first of more output channels only

    @property
    def expands(self):
        return self.in_c != self.exp_c

    @property
    def residual(self):
        return self.stride == 1 and (self.in_c == self.out_c or self.partial and self.in_c < self.out_c)

    @property
    def out_size(self):
        return (self.in_size - 1) // self.stride + 1

    @property
    def groups(self):
        """MixConv's channels a kernel: an even split of the expanded ones, the rest to the first."""
        each = self.exp_c // len(self.kernels)
        return (self.exp_c - each * (len(self.kernels) - 1),) + (each,) * (len(self.kernels) - 1)


@dataclass(frozen=True)
class Network:
    """A checked network: `stages[stage][branch]` is a tuple of blocks, `sync[stage]` n, a or c."""

    name: str
    act: str
    stem: tuple  # in_c, out_c, kernel, stride
    head: tuple  # in_c, out_c, kernel, stride
    stages: tuple
    sync: tuple
    bn_momentum: float = 0.1
    eps: float = 1e-5
    classes: int = 1000
    branches: int = field(default=1)
    hidden: int = 0  # features of a layer between pool and classifier (MobileNetV3), 0 for none

    @property
    def edge(self):
        """Edge of the network's input in pixels."""
        return self.stages[0][0][0].in_size * self.stem[3]


def load(path):
    """The network of the JSON file `path`. Raises ConfigurationError, or OSError."""
    with open(path, encoding="utf-8") as file:
        try:
            value = json.load(file)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"{path}: not JSON: {error}") from None
    return parse(value)


def parse(value):
    """The network of a decoded configuration. Raises ConfigurationError."""
    if not isinstance(value, dict):
        raise ConfigurationError("a configuration is an object")
    act = _activation(value.get("act"), "act")
    stem = _conv(value, "stem")
    head = _conv(value, "head")
    keys = [str(i) for i in range(MAX_STAGES + 1) if str(i) in value]
    if not keys or keys != [str(i) for i in range(len(keys))] or len(keys) > MAX_STAGES:
        raise ConfigurationError(f"stages are the keys 0, 1, ...: 1 to {MAX_STAGES} of them")
    stages = tuple(_stage(value[key], f"stage {key}", act) for key in keys)
    branches = len(stages[0])
    for index, stage in enumerate(stages):
        if len(stage) != branches:
            raise ConfigurationError(f"stage {index}: {len(stage)} branches, the first has {branches}")
    sync = _sync(value, stages)
    net = Network(_name(value), act, stem, head, stages, sync, _number(value, "bn_momentum", 0.1, 1.0),
                  _number(value, "eps", 1e-5, 1.0), _classes(value), branches,
                  _integer(value.get("hidden", 0), 0, MAX_CHANNELS, "hidden"))
    _check_sizes(net)
    _check_channels(net)
    return net


def _integer(value, low, high, where):
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigurationError(f"{where}: {value!r:.40} is not an integer of {low} to {high}")
    return value


def _name(value):
    name = value.get("name", "")
    if not isinstance(name, str) or len(name) > 200:
        raise ConfigurationError("name: not a string of at most 200 characters")
    return name


def _number(value, key, default, high):
    number = value.get(key, default)
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 < number <= high:
        raise ConfigurationError(f"{key}: {number!r:.40} is not a number above 0, at most {high}")
    return float(number)


def _classes(value):
    return _integer(value.get("classes", 1000), 1, MAX_CLASSES, "classes")


def _activation(name, where):
    if name not in ACTIVATIONS:
        raise ConfigurationError(f"{where}: {name!r:.40} is none of {', '.join(ACTIVATIONS)}")
    return name


def _kernel(value, where):
    kernel = _integer(value, 1, MAX_KERNEL, where)
    if kernel % 2 == 0:
        raise ConfigurationError(f"{where}: {kernel} is even")
    return kernel


def _conv(value, key):
    conv = value.get(key)
    if not isinstance(conv, list) or len(conv) != 4:
        raise ConfigurationError(f"{key}: not [in_c, out_c, kernel, stride]")
    in_c = _integer(conv[0], 1, MAX_CHANNELS, f"{key} in_c")
    out_c = _integer(conv[1], 1, MAX_CHANNELS, f"{key} out_c")
    kernel = _kernel(conv[2], f"{key} kernel")
    return in_c, out_c, kernel, _integer(conv[3], 1, 8, f"{key} stride")


def _stage(value, where, act):
    """Tuple of branches, each a tuple of blocks; a list is the one branch of a base network."""
    if isinstance(value, list):
        return (_branch(value, where, act),)
    if not isinstance(value, dict) or not 1 <= len(value) <= MAX_BRANCHES:
        raise ConfigurationError(f"{where}: neither blocks nor 1 to {MAX_BRANCHES} branches")
    keys = [str(i) for i in range(len(value))]
    if set(keys) != set(value):
        raise ConfigurationError(f"{where}: branches are the keys 0, 1, ...")
    return tuple(_branch(value[key], f"{where}, branch {key}", act) for key in keys)


def _branch(value, where, act):
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_BLOCKS:
        raise ConfigurationError(f"{where}: not a list of 1 to {MAX_BLOCKS} blocks")
    return tuple(_block(block, f"{where}, block {i}", act) for i, block in enumerate(value))


def _block(value, where, act):
    if not isinstance(value, list) or len(value) not in (6, 7):
        raise ConfigurationError(f"{where}: not [in_size, kernel, stride, in_c, exp_c, out_c]")
    extra = value[6] if len(value) == 7 else {}
    if not isinstance(extra, dict) or not set(extra) <= EXTRA:
        raise ConfigurationError(f"{where}: the 7th element is an object of {', '.join(sorted(EXTRA))}")
    kernels = (_kernel(value[1], f"{where}, kernel"),)
    if "kernels" in extra:
        kernels = extra["kernels"]
        if not isinstance(kernels, list) or not 1 <= len(kernels) <= 8:
            raise ConfigurationError(f"{where}, kernels: not a list of 1 to 8 kernels")
        kernels = tuple(_kernel(k, f"{where}, kernels") for k in kernels)
    in_c, exp_c, out_c = (_integer(c, 1, MAX_CHANNELS, f"{where}, {key}")
                          for key, c in zip(("in_c", "exp_c", "out_c"), value[3:6]))
    groups = _groups(extra.get("groups_pw", [1, 1]), (in_c, exp_c, out_c), where)
    if exp_c < len(kernels):
        raise ConfigurationError(f"{where}: {exp_c} expanded channels for {len(kernels)} kernels")
    se = _integer(extra.get("se", 0), 0, MAX_CHANNELS, f"{where}, se")
    late_act, se_act = (_activation(extra[key], f"{where}, {key}") if key in extra else ""
                        for key in ("late_act", "se_act"))
    if se_act and not se:
        raise ConfigurationError(f"{where}, se_act: the block has no gate")
    if extra.get("shortcut", "partial") != "partial":
        raise ConfigurationError(f"{where}, shortcut: {extra['shortcut']!r:.40} is not 'partial'")
    return Block(_integer(value[0], 1, MAX_EDGE, f"{where}, in_size"),
                 _integer(value[2], 1, 8, f"{where}, stride"), in_c, exp_c, out_c, kernels,
                 _activation(extra.get("act", act), f"{where}, act"), se, late_act, se_act,
                 groups, "shortcut" in extra)


def _groups(value, channels, where):
    """Of expansion and projection; where there is no expansion its groups do not matter."""
    if not isinstance(value, list) or len(value) != 2:
        raise ConfigurationError(f"{where}, groups_pw: not two numbers")
    groups = tuple(_integer(g, 1, 64, f"{where}, groups_pw") for g in value)
    ends = list(zip(groups, channels, channels[1:]))
    for g, reads, leaves in ends if channels[0] != channels[1] else ends[1:]:
        if g > 1 and (reads % g or leaves % g or reads < 2 * g):
            raise ConfigurationError(f"{where}, groups_pw: {reads} to {leaves} channels are not {g} groups of two or more")
    return groups


def _sync(value, stages):
    if len(stages[0]) == 1 and "sync" not in value:
        return ("n",) * len(stages)
    sync = value.get("sync")
    if not isinstance(sync, list) or len(sync) != len(stages):
        raise ConfigurationError(f"sync: not a list of {len(stages)}, one for each stage")
    for stage, kind in enumerate(sync):
        if kind not in ("n", "a", "c"):
            raise ConfigurationError(f"sync of stage {stage}: {kind!r:.40} is none of n, a, c")
    if len(stages[0]) > 1 and sync[-1] == "n":
        raise ConfigurationError("sync: the last stage has to join the branches by a or c")
    return tuple(sync)


def _check_sizes(net):
    """Every block's in_size is what comes out of the block before it."""
    edge = net.edge
    if edge > MAX_EDGE:
        raise ConfigurationError(f"the input's edge {edge} is above {MAX_EDGE}")
    size = net.stages[0][0][0].in_size
    for s, stage in enumerate(net.stages):
        ends = set()
        for b, blocks in enumerate(stage):
            at = size
            for i, block in enumerate(blocks):
                if block.in_size != at:
                    raise ConfigurationError(f"stage {s}, branch {b}, block {i}: in_size "
                                             f"{block.in_size}, its input has {at}")
                at = block.out_size
            ends.add(at)
        if len(ends) > 1:
            raise ConfigurationError(f"stage {s}: branches end in different sizes {sorted(ends)}")
        size = ends.pop()


def _check_channels(net):
    """Every block's in_c is what comes before it, through syncs up to the head."""
    flow = [net.stem[1]] * net.branches
    weights = 0
    for s, stage in enumerate(net.stages):
        for b, blocks in enumerate(stage):
            for i, block in enumerate(blocks):
                if block.in_c != flow[b]:
                    raise ConfigurationError(f"stage {s}, branch {b}, block {i}: in_c {block.in_c}, "
                                             f"its input has {flow[b]} channels")
                weights += block.exp_c * (block.in_c + block.out_c + 2 * block.se)
                if weights > MAX_WEIGHTS or block.in_size**2 * block.exp_c > MAX_VALUES:
                    raise ConfigurationError(f"stage {s}, branch {b}, block {i}: the network is too large")
                flow[b] = block.out_c
        if net.sync[s] == "a":
            if len(set(flow)) > 1:
                raise ConfigurationError(f"stage {s}: cannot add {flow} channels")
        elif net.sync[s] == "c":
            flow = [sum(flow)] * net.branches
    if net.head[0] != flow[0]:
        raise ConfigurationError(f"head: in_c {net.head[0]}, its input has {flow[0]} channels")
    for in_c, out_c, kernel, _ in (net.stem, net.head, (net.head[1], net.hidden, 1, 1),
                                   (net.hidden or net.head[1], net.classes, 1, 1)):
        weights += in_c * out_c * kernel**2
    if weights > MAX_WEIGHTS:
        raise ConfigurationError("stem, head or the linear layer have too many weights")
