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

static void visitBelow(const DecisionSpace &space, Choices &path,
                       llvm::function_ref<void(const Choices &)> visit) {
  unsigned width = space.width(path);
  if (width == 0)
    return visit(path);
  for (unsigned choice = 0; choice < width; ++choice) {
    path.push_back(uint16_t(choice));
    visitBelow(space, path, visit);
    path.pop_back();
  }
}

void forEachLeaf(const DecisionSpace &space, llvm::function_ref<void(const Choices &)> visit) {
  Choices path;
  visitBelow(space, path, visit);
}

} // namespace snc
