// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Neighbours.h"
#include "search/Random.h"

namespace snc {

void follow(const DecisionSpace &space, llvm::ArrayRef<uint16_t> leaf, Choices &path) {
  for (unsigned width; path.size() < leaf.size() && (width = space.width(path)) > 0;)
    path.push_back(leaf[path.size()] % width);
}

Choices neighbour(const DecisionSpace &space, llvm::ArrayRef<uint16_t> leaf,
                  std::mt19937_64 &random) {
  llvm::SmallVector<unsigned, 32> places; // where there is a choice
  for (unsigned i = 0; i < leaf.size(); ++i)
    if (space.width(leaf.take_front(i)) > 1)
      places.push_back(i);
  if (places.empty())
    return Choices(leaf);
  unsigned place = places[randomBelow(random, places.size())];
  Choices path(leaf.take_front(place));
  unsigned other = randomBelow(random, space.width(path) - 1);
  path.push_back(other + (other >= leaf[place]));
  follow(space, leaf, path);
  space.rollout(path, random);
  return path;
}

} // namespace snc
