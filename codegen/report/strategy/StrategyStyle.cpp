// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No meaning hangs on a hue alone: signs, places and outlines tell the same.

#include "codegen/report/strategy/StrategyParts.h"

namespace snc {

static const char style[] = R"css(
svg text.mid{font-size:11px;font-variant-numeric:tabular-nums}
.lane-line{stroke:var(--s);stroke-width:2;fill:none}
.part{stroke:var(--s);stroke-width:1;stroke-dasharray:3 2}
.gate{fill:var(--s)}
.joint{fill:var(--card);stroke:var(--sync);stroke-width:2}
.sign{stroke:var(--sync);stroke-width:2;fill:none}
rect.sum{fill:var(--card);stroke:var(--sync);stroke-width:1}
.sums{border-color:var(--sync)}
.budget{stroke:var(--faint);stroke-width:1.5;stroke-dasharray:2 4}
.sample{fill:var(--line);fill-opacity:.55}
.front{fill:none;stroke:var(--accent);stroke-width:1.5}
.on-front{fill:var(--accent)}
.found{fill:none;stroke:var(--good);stroke-width:2.5}
.base{fill:var(--card);stroke:var(--faint);stroke-width:2}
.node{fill:var(--accent);stroke:var(--card);stroke-width:1}
.found-node{stroke:var(--good);stroke-width:2.5}
.none{fill:none;stroke:var(--line);stroke-dasharray:2 2}
.v0{fill-opacity:.05}
.v1{fill-opacity:.13}
.v2{fill-opacity:.21}
.v3{fill-opacity:.29}
.v4{fill-opacity:.37}
.v5{fill-opacity:.46}
.v6{fill-opacity:.55}
)css";

const char *strategyStyle() { return style; }

} // namespace snc
