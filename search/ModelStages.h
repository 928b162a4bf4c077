// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stages of branched networks; private to search/.

#ifndef SNC_SEARCH_MODELSTAGES_H
#define SNC_SEARCH_MODELSTAGES_H

#include "search/ModelBranches.h"

namespace snc {

/// ModelRegion::stages of these branches.
int64_t stagesOfBranches(const NetworkGraph &graph, llvm::ArrayRef<std::vector<int64_t>> branches);

/// ModelBranches::strategy of these regions.
std::string syncNasName(const NetworkGraph &graph, llvm::ArrayRef<ModelRegion> regions);

} // namespace snc

#endif // SNC_SEARCH_MODELSTAGES_H
