// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/StrategyParts.h"

namespace snc {

std::string searchTreeDrawing(const StrategyReport &) { return ""; }

} // namespace snc
