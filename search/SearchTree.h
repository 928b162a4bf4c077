// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of a decision tree that a search has seen. Every leaf that is added counts as
// searched, and a node below which all is searched is closed, so that no leaf is met twice.

#ifndef SNC_SEARCH_SEARCHTREE_H
#define SNC_SEARCH_SEARCHTREE_H

#include "search/DecisionSpace.h"
#include <limits>
#include <vector>

namespace snc {

class SearchTree {
public:
  using Id = uint32_t;
  static constexpr Id root = 0;
  static constexpr Id none = UINT32_MAX;

  struct Node {
    Id parent = none, firstChild = none, nextSibling = none; ///< siblings by rising choice
    uint32_t width = 0, children = 0, closedChildren = 0;
    uint16_t choice = 0; ///< made at the parent
    bool closed = false;
    // What a search learns; the tree itself does not look at it.
    uint32_t visits = 0, inFlight = 0, feasible = 0;       ///< leaves below: known, not yet, finite
    double sum = 0;                                        ///< of the finite costs below
    double best = std::numeric_limits<double>::infinity(); ///< least cost below; a leaf's cost

    bool expanded() const { return children == width; } ///< every choice was tried
  };

  explicit SearchTree(const DecisionSpace &space);

  Node &operator[](Id id) { return nodes[id]; }
  const Node &operator[](Id id) const { return nodes[id]; }
  bool exhausted() const { return nodes[root].closed; }

  /// The node at `path`, or `none` where the search has not been.
  Id find(llvm::ArrayRef<uint16_t> path) const;

  /// The child by `choice`, or `none`.
  Id child(Id id, uint16_t choice) const;

  /// Adds an unseen leaf with all nodes on its way, and returns it.
  Id add(llvm::ArrayRef<uint16_t> leaf);

  /// A choice that has no child yet, each as likely; the node is not expanded.
  uint16_t drawUntried(Id id, std::mt19937_64 &random) const;

  /// An unseen leaf, not added; the tree is not exhausted. It follows the space's rollouts, and
  /// where they keep coming back to seen leaves, choices that are open, each as likely.
  Choices drawUnseen(std::mt19937_64 &random) const;

private:
  Id addChild(Id id, llvm::ArrayRef<uint16_t> path);
  void close(Id id);

  const DecisionSpace &space;
  std::vector<Node> nodes;
};

} // namespace snc

#endif // SNC_SEARCH_SEARCHTREE_H
