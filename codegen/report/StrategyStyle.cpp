// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/StrategyParts.h"

namespace snc {

static const char style[] = R"css(
svg text.mid{font-size:11px;font-variant-numeric:tabular-nums}
.lane-line{stroke:var(--s);stroke-width:2.5;fill:none}
)css";

const char *strategyStyle() { return style; }

} // namespace snc
