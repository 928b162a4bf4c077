// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/StrategyName.h"

namespace snc {

std::string strategyName(llvm::ArrayRef<int64_t> places, llvm::StringRef kinds) {
  std::string name = "sync" + std::to_string(places.size());
  if (places.empty())
    return name;
  bool dashes = places.back() > 9;
  for (size_t i = 0; i < places.size(); ++i)
    name += (i == 0 ? "_" : dashes ? "-" : "") + std::to_string(places[i]);
  return name + "_" + kinds.str();
}

} // namespace snc
