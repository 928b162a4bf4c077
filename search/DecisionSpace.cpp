// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/DecisionSpace.h"
#include "search/Random.h"

namespace snc {

DecisionSpace::~DecisionSpace() = default;
Evaluator::~Evaluator() = default;

void DecisionSpace::rollout(Choices &path, std::mt19937_64 &random) const {
  while (unsigned choices = width(path))
    path.push_back(randomBelow(random, choices));
}

} // namespace snc
