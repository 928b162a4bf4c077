# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Wrong configurations are refused with the place of the mistake."""

import copy
import json

import pytest
from syncnas_trainer import configuration


def change(value, *path_and_new):
    *path, last, new = path_and_new
    at = value = copy.deepcopy(value)
    for key in path:
        at = at[key]
    at[last] = new
    return value


def test_reads_base(base):
    net = configuration.parse(base)
    assert (net.branches, net.edge, net.sync, net.classes) == (1, 8, ("n", "n"), 2)
    block = net.stages[1][0][1]
    assert (block.residual, block.expands, block.kernels, block.groups) == (True, True, (3,), (12,))


def test_reads_branched(branched):
    net = configuration.parse(branched)
    assert (net.branches, net.sync, net.name) == (2, ("c", "c"), "sync2_01_cc")
    assert not net.stages[0][0][0].expands and net.stages[0][1][0].expands


def test_defaults(base):
    for key in ("classes", "bn_momentum", "eps"):
        del base[key]
    net = configuration.parse(base)
    assert (net.classes, net.bn_momentum, net.eps) == (1000, 0.1, 1e-5)


def test_mixconv_groups(base):
    # 10 channels in three groups: 3 each, the rest to the first.
    value = change(base, "1", 0, [4, 3, 2, 6, 10, 8, {"kernels": [3, 5, 7], "se": 2, "act": "SiLU"}])
    block = configuration.parse(value).stages[1][0][0]
    assert (block.groups, block.kernels, block.se, block.act) == ((4, 3, 3), (3, 5, 7), 2, "SiLU")


@pytest.mark.parametrize("block, residual", [
    ([4, 3, 1, 4, 8, 6], False), ([4, 3, 1, 4, 8, 6, {"shortcut": "partial"}], True),
    ([4, 3, 2, 4, 8, 6, {"shortcut": "partial"}], False), ([4, 3, 1, 4, 8, 4, {"shortcut": "partial"}], True),
    ([4, 3, 1, 4, 8, 3, {"shortcut": "partial"}], False), ([4, 3, 1, 4, 8, 4], True)])
def test_residuals(base, block, residual):
    edge = 2 if block[2] == 2 else 4
    net = {**base, "0": [block], "1": [[edge, 3, 1, block[5], 8, 8]]}
    assert configuration.parse(net).stages[0][0][0].residual == residual


@pytest.mark.parametrize("path, words", [
    (("1", "1", 0, 3, 7), "stage 1, branch 1, block 0: in_c 7"),
    (("1", "1", 0, 0, 5), "stage 1, branch 1, block 0: in_size 5"),
    (("1", "0", 0, 5, 5), "head: in_c 8, its input has 9"),
    (("0", "1", 0, 1, 4), "stage 0, branch 1, block 0, kernel: 4 is even"),
    (("0", "1", 0, 4, 0), "stage 0, branch 1, block 0, exp_c: 0"),
    (("0", "1", 0, 4, True), "stage 0, branch 1, block 0, exp_c: True"),
    (("0", "1", 0, 4, 1 << 40), "stage 0, branch 1, block 0, exp_c"),
    (("0", "1", 0, 2, 1.0), "stage 0, branch 1, block 0, stride"),
    (("0", "1", [[4, 3, 1, 4, 6]]), "stage 0, branch 1, block 0: not"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"se": -1}]]), "block 0, se"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"sse": 1}]]), "block 0: the 7th"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"groups_pw": [2]}]]), "block 0, groups_pw: not two numbers"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"groups_pw": [1, 0]}]]), "block 0, groups_pw: 0 is not"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"groups_pw": [4, 1]}]]), "block 0, groups_pw: 4 to 6 channels"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"groups_pw": [2, 2]}]]), "block 0, groups_pw: 6 to 3 channels"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"late_act": "relu"}]]), "block 0, late_act: 'relu'"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"late_act": []}]]), "block 0, late_act: []"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"se": 2, "se_act": "Tanh"}]]), "block 0, se_act: 'Tanh'"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"se_act": "ReLU"}]]), "block 0, se_act: the block has no gate"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"shortcut": True}]]), "block 0, shortcut: True is not 'partial'"),
    (("0", "1", [[4, 3, 1, 4, 6, 3, {"kernels": [3] * 7}]]), "6 expanded channels for 7 kernels"),
    (("0", "1", []), "stage 0, branch 1: not a list"),
    (("0", {"0": [[4, 3, 1, 4, 4, 3]], "2": [[4, 3, 1, 4, 4, 3]]}), "stage 0: branches are the keys"),
    (("0", {"0": [[4, 3, 1, 4, 4, 6]]}), "stage 1: 2 branches, the first has 1"),
    (("1", "1", 0, 2, 1), "stage 1: branches end in different sizes"),
    (("sync", ["c", "n"]), "last stage has to join"),
    (("sync", ["c"]), "sync: not a list of 2"),
    (("sync", ["x", "c"]), "sync of stage 0: 'x'"),
    (("sync", 0, "a"), "stage 1, branch 0, block 0: in_c 6"),
    (("act", "Tanh"), "act: 'Tanh'"),
    (("act", ["ReLU"]), "act: "),
    (("stem", [3, 4, 3]), "stem: not"),
    (("head", "x"), "head: not"),
    (("eps", 0), "eps: 0"),
    (("eps", float("nan")), "eps: nan"),
    (("classes", 0), "classes: 0"),
    (("name", 7), "name: not"),
    (("3", [[4, 3, 1, 4, 4, 3]]), "stages are the keys"),
])
def test_refuses(branched, path, words):
    with pytest.raises(configuration.ConfigurationError) as error:
        configuration.parse(change(branched, *path))
    assert words in str(error.value)


@pytest.mark.parametrize("value", [None, [], "x", 3, {}, {"act": "ReLU"}])
def test_refuses_other_values(value):
    with pytest.raises(configuration.ConfigurationError):
        configuration.parse(value)


def test_add_of_unequal_channels(branched):
    value = change(branched, "sync", ["n", "a"])
    value["1"]["0"][0][3] = value["1"]["1"][0][3] = 3
    value["1"]["1"][0][5] = 5
    with pytest.raises(configuration.ConfigurationError, match=r"stage 1: cannot add \[4, 5\]"):
        configuration.parse(value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100000, "\x00"])
def test_files_that_are_not_json(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(configuration.ConfigurationError):
        configuration.load(str(path))


def test_loads_file(tmp_path, base):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(base))
    assert configuration.load(str(path)) == configuration.parse(base)


def test_refuses_networks_beyond_any_memory(base):
    value = {**base, "head": [8, 16384, 1, 1], "classes": 1 << 17}
    with pytest.raises(configuration.ConfigurationError, match="too many weights"):
        configuration.parse(value)
    value = {**base, "0": [[512, 3, 1, 4, 4096, 6]], "1": [[512, 3, 2, 6, 10, 8]]}
    with pytest.raises(configuration.ConfigurationError, match="stage 0, branch 0, block 0: the network"):
        configuration.parse(value)
    value["0"][0][4] = 16
    configuration.parse(value)
