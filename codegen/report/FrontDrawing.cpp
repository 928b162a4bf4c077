// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/StrategyParts.h"

namespace snc {

std::string frontDrawing(const StrategyReport &) { return ""; }

} // namespace snc
