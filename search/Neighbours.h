// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strategies near a given one, in any space. Changing a decision may change which decisions
// come after it, so a leaf is followed as far as the places allow.

#ifndef SNC_SEARCH_NEIGHBOURS_H
#define SNC_SEARCH_NEIGHBOURS_H

#include "search/DecisionSpace.h"

namespace snc {

/// Extends `path`, a node, by the choices of `leaf` at the same depths, modulo the width there;
/// to a leaf, unless `leaf` is not deep enough.
void follow(const DecisionSpace &space, llvm::ArrayRef<uint16_t> leaf, Choices &path);

/// A leaf that differs from `leaf` first in one of its decisions, each that has a choice being as
/// likely; then it follows `leaf`, and a rollout where that ends. `leaf` itself where it is alone.
Choices neighbour(const DecisionSpace &space, llvm::ArrayRef<uint16_t> leaf,
                  std::mt19937_64 &random);

} // namespace snc

#endif // SNC_SEARCH_NEIGHBOURS_H
