# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""NAS-Bench-201's networks against the published counts, and cells against sums by hand."""

import pytest
import torch
from syncnas_trainer import nasbench201, network, scores, table


def cell(*names):
    a, b, c, d, e, f = names
    return f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"


NONE, SKIP, ONE, THREE, POOL = nasbench201.OPERATIONS


# Published: 0.073306 to 1.531546 million parameters, 7.78305 to 220.11969 million operations, which
# count the linear layer's ten biases. In between: an edge of 3x3 convolutions has 5 (9 C^2 + 2 C)
# parameters summed over C = 16, 32, 64: 243040; of 1x1 ones 5 (C^2 + 2 C): 28000.
@pytest.mark.parametrize("names, parameters, macs", [
    ([NONE] * 6, 73306, 7783050 - 10),
    ([THREE] * 6, 1531546, 220119690 - 10),
    ([THREE] * 4 + [ONE, SKIP], 73306 + 4 * 243040 + 28000, None),
    ([POOL, SKIP, NONE] * 2, 73306, 7783050 - 10)])
def test_counts(names, parameters, macs):
    module = nasbench201.build(nasbench201.parse(cell(*names)), 1)
    assert network.parameters(module) == parameters
    assert macs is None or nasbench201.macs(module) == macs
    assert module(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
    assert module.features(torch.zeros(2, 3, 32, 32)).shape == (2, 64, 8, 8)


@pytest.mark.parametrize("names, factor", [
    ([SKIP] * 6, 4),  # 1, 1 + 1, 1 + 1 + 2 times the input
    ([SKIP, NONE, SKIP, NONE, NONE, SKIP], 1),  # through every node
    ([SKIP, SKIP, NONE, NONE, SKIP, SKIP], 2),
    ([NONE, NONE, THREE, SKIP, THREE, THREE], 1),  # nodes that nothing reaches
    ([SKIP, SKIP, SKIP, NONE, NONE, NONE], 0)])
def test_wiring(names, factor):
    x = torch.randn(2, 16, 4, 4)
    torch.testing.assert_close(nasbench201.Cell(nasbench201.parse(cell(*names)), 16)(x), factor * x)


def test_pooling_leaves_the_padding_out():
    nodes = nasbench201.parse(cell(NONE, NONE, NONE, POOL, NONE, NONE))
    x = torch.randn(1, 1, 3, 3)
    assert nasbench201.Cell(nodes, 1)(x)[0, 0, 0, 0] == pytest.approx(x[0, 0, :2, :2].mean().item(), abs=1e-6)


@pytest.mark.parametrize("arch", ["", "|none~0|", cell(*[SKIP] * 6)[:-1], cell(*[SKIP] * 5, "conv_5x5"),
                                  cell(*[SKIP] * 6).replace("~2", "~1"), cell(*[SKIP] * 6) + "+",
                                  "x" + cell(*[SKIP] * 6), cell(*[SKIP] * 6).replace("+", "")])
def test_no_cells(arch):
    with pytest.raises(ValueError):
        nasbench201.parse(arch)


def test_every_score_of_cells_with_dead_ends():
    # Node 1 leads nowhere; node 2 is reached by nothing.
    module = nasbench201.build(nasbench201.parse(cell(THREE, NONE, NONE, ONE, NONE, THREE)), 1)
    x = torch.randn(24, 3, 8, 8)
    batches = tuple((part, torch.arange(8)) for part in x.split(8))
    generator = torch.Generator().manual_seed(1)
    found = [scores.find(name)(module, scores.Inputs(batches, 1, 1), generator) for name in scores.NAMES]
    assert len(found) == 6  # all finite, as the next says of a cell that is cut
    cut = nasbench201.build(nasbench201.parse(cell(*[NONE] * 6)), 1)
    row, messages = table.score_row(
        ["parameters", "synflow", "zen"],
        lambda name: scores.find(name)(cut, scores.Inputs(batches, 1, 1), generator))
    assert row[:3] == [73306.0, "", ""] and len(messages) == 2


def test_program(tmp_path, folder, capsys):
    cells = [cell(*names) for names in ([SKIP] * 6, [ONE] * 6, [NONE] * 6, [POOL] * 6)]
    (tmp_path / "cells.csv").write_text("idx,arch,top1\n" + "".join(
        f"{10 + i},{arch},90\n" for i, arch in enumerate(cells)))
    options = ["--data", str(folder), "--score-batch", "4", "--score-batches", "2",
               "--scores", "parameters,synflow"]
    output = tmp_path / "t.csv"
    assert nasbench201.main([str(tmp_path / "cells.csv"), str(output), *options, "--cells", "2"]) == 0
    few = output.read_text()
    assert nasbench201.main([str(tmp_path / "cells.csv"), str(output), *options, "--cells", "9"]) == 0
    lines = output.read_text().splitlines()
    assert output.read_text().startswith(few) and len(few.splitlines()) == 3 and len(lines) == 5
    assert sorted(line.split(",")[0] for line in lines[1:]) == ["10", "11", "12", "13"]
    assert [line.split(",")[3] for line in lines if line.startswith("12,")] == [""]
    for text in ("", "idx,arch\n0,|x~0|\n", "arch\n\n", "idx,arch\nx," + cells[0] + "\n"):
        (tmp_path / "cells.csv").write_text(text)
        assert nasbench201.main([str(tmp_path / "cells.csv"), str(output), *options]) == 1
    assert capsys.readouterr().err.count("syncnas_trainer.nasbench201: ") == 4
