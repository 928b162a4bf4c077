// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is searched, as the search algorithms see it: a tree of decisions, and the
// cost of its leaves. Nothing here knows what the decisions mean.

#ifndef SNC_SEARCH_DECISIONSPACE_H
#define SNC_SEARCH_DECISIONSPACE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <random>
#include <string>

namespace snc {

/// The choices made from the root down, each in [0, width at that place).
using Choices = llvm::SmallVector<uint16_t, 32>;

/// A tree of decisions: a node is the choices made from the root, a leaf a strategy.
/// The tree is finite and does not change. Const methods may be called from any thread.
class DecisionSpace {
public:
  virtual ~DecisionSpace();

  /// The number of choices at `path`, at most 65,536; 0: `path` is a leaf.
  virtual unsigned width(llvm::ArrayRef<uint16_t> path) const = 0;

  /// The number of leaves. May be approximate beyond 2^53; infinity is allowed.
  virtual double size() const = 0;

  /// The strategy's name, for people.
  virtual std::string nameOf(llvm::ArrayRef<uint16_t> leaf) const = 0;

  /// Extends `path`, a node, to a leaf below it, at random. Each choice is as likely as its
  /// siblings; a space that knows better may override this. Takes randomness from `random`
  /// alone, so that a seed fixes the search.
  virtual void rollout(Choices &path, std::mt19937_64 &random) const;

  /// What a leaf is, place by place, whatever the order of its decisions: leaves with the same
  /// letter at a place have something in common. Unless a space knows better, its choices.
  virtual Choices lettersOf(llvm::ArrayRef<uint16_t> leaf) const { return Choices(leaf); }

  /// True when `rollout` knows better than to choose blindly.
  virtual bool informed() const { return false; }
};

/// Calls `visit` with each leaf, by rising choices.
void forEachLeaf(const DecisionSpace &space, llvm::function_ref<void(const Choices &)> visit);

/// The cost of a leaf: smaller is better, infinity (or NaN) is not feasible. A leaf's cost is
/// asked for once in a search.
class Evaluator {
public:
  virtual ~Evaluator();
  /// May be called from several threads at once. Must not throw.
  virtual double cost(llvm::ArrayRef<uint16_t> leaf) = 0;
  /// Once true, from any thread, the search ends, and what `cost` returns does not count.
  virtual bool gaveUp() const { return false; }
};

} // namespace snc

#endif // SNC_SEARCH_DECISIONSPACE_H
