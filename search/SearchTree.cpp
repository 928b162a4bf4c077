// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/SearchTree.h"
#include "search/Random.h"
#include <cassert>
#include <utility>

namespace snc {

SearchTree::SearchTree(const DecisionSpace &space) : space(space), nodes(1) {
  nodes[root].width = space.width({});
}

SearchTree::Id SearchTree::child(Id id, uint16_t choice) const {
  Id next = nodes[id].firstChild;
  while (next != none && nodes[next].choice < choice)
    next = nodes[next].nextSibling;
  return next != none && nodes[next].choice == choice ? next : none;
}

SearchTree::Id SearchTree::find(llvm::ArrayRef<uint16_t> path) const {
  // The root is there before its leaf was seen, if it is one.
  if (path.empty() && nodes[root].width == 0 && !nodes[root].closed)
    return none;
  Id id = root;
  for (size_t i = 0; i < path.size() && id != none; ++i)
    id = child(id, path[i]);
  return id;
}

SearchTree::Id SearchTree::addChild(Id id, llvm::ArrayRef<uint16_t> path) {
  Node node;
  node.parent = id;
  node.choice = path.back();
  node.width = space.width(path);
  assert(node.choice < nodes[id].width && "no such choice");
  assert(nodes.size() < none && "the tree is too large");
  Id made = nodes.size();
  Id before = none, after = nodes[id].firstChild;
  while (after != none && nodes[after].choice < node.choice)
    before = std::exchange(after, nodes[after].nextSibling);
  node.nextSibling = after;
  nodes.push_back(node);
  (before == none ? nodes[id].firstChild : nodes[before].nextSibling) = made;
  ++nodes[id].children;
  return made;
}

SearchTree::Id SearchTree::add(llvm::ArrayRef<uint16_t> leaf) {
  Id id = root;
  for (size_t i = 0; i < leaf.size(); ++i) {
    Id next = child(id, leaf[i]);
    id = next == none ? addChild(id, leaf.take_front(i + 1)) : next;
  }
  assert(nodes[id].width == 0 && !nodes[id].closed && "not an unseen leaf");
  close(id);
  return id;
}

void SearchTree::close(Id id) {
  while (id != none && nodes[id].closedChildren == nodes[id].width) {
    nodes[id].closed = true;
    id = nodes[id].parent;
    if (id != none)
      ++nodes[id].closedChildren;
  }
}

uint16_t SearchTree::drawUntried(Id id, std::mt19937_64 &random) const {
  uint32_t choice = randomBelow(random, nodes[id].width - nodes[id].children);
  for (Id next = nodes[id].firstChild; next != none; next = nodes[next].nextSibling)
    if (nodes[next].choice <= choice)
      ++choice; // skip a choice that was tried
  return choice;
}

Choices SearchTree::drawUnseen(std::mt19937_64 &random) const {
  assert(!exhausted() && "every leaf was seen");
  Choices path;
  for (int attempt = 0; attempt < 16; ++attempt) {
    path.clear();
    space.rollout(path, random);
    if (find(path) == none)
      return path;
  }
  path.clear();
  Id id = root;
  while (nodes[id].width > 0) {
    uint32_t untried = nodes[id].width - nodes[id].children;
    uint32_t drawn = randomBelow(random, nodes[id].width - nodes[id].closedChildren);
    if (drawn < untried) {
      path.push_back(drawUntried(id, random));
      space.rollout(path, random);
      break;
    }
    drawn -= untried;
    for (id = nodes[id].firstChild; nodes[id].closed || drawn-- > 0;)
      id = nodes[id].nextSibling;
    path.push_back(nodes[id].choice);
  }
  return path;
}

} // namespace snc
