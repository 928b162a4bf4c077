// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/SyncStrategy.h"

#include "search/StrategyName.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

namespace snc {

std::string nameOf(llvm::ArrayRef<SyncKind> strategy) {
  llvm::SmallVector<int64_t> places;
  std::string kinds;
  for (auto [stage, kind] : llvm::enumerate(strategy))
    if (kind != SyncKind::none) {
      places.push_back(int64_t(stage));
      kinds += char(kind);
    }
  return strategyName(places, kinds);
}

static bool takeStages(llvm::StringRef text, bool dashes, std::vector<size_t> &places) {
  llvm::SmallVector<llvm::StringRef> words;
  if (dashes)
    text.split(words, '-');
  else
    for (size_t i = 0; i < text.size(); ++i)
      words.push_back(text.substr(i, 1));
  for (llvm::StringRef word : words)
    if (word.getAsInteger(10, places.emplace_back()))
      return false;
  return true;
}

std::optional<SyncStrategy> strategyNamed(llvm::StringRef name, size_t stages) {
  llvm::SmallVector<llvm::StringRef> parts;
  name.split(parts, '_');
  size_t count;
  std::vector<size_t> places;
  if (parts.size() != 3 || !parts[0].consume_front("sync") || parts[0].getAsInteger(10, count) ||
      !takeStages(parts[1], stages > 10, places) || places.size() != count ||
      parts[2].size() != count || count == 0 || places.back() != stages - 1)
    return std::nullopt;
  SyncStrategy strategy(stages, SyncKind::none);
  for (size_t i = 0; i < count; ++i) {
    if ((i > 0 && places[i] <= places[i - 1]) || places[i] >= stages ||
        (parts[2][i] != 'a' && parts[2][i] != 'c'))
      return std::nullopt;
    strategy[places[i]] = SyncKind(parts[2][i]);
  }
  return strategy;
}

// A published path: [syncs - 1, place of each but the last, kind of each]. A place is counted from
// the first stage that it may be behind. A path by stages: an index into this; behind the last
// stage into all but the first.
static constexpr SyncKind kKinds[] = {SyncKind::none, SyncKind::add, SyncKind::concat};

unsigned SyncSpace::width(llvm::ArrayRef<uint16_t> path) const {
  if (order == SyncOrder::stages)
    return path.size() + 1 < stages ? 3 : path.size() < stages ? 2 : 0;
  if (path.empty())
    return unsigned(stages);
  size_t inner = path[0]; // syncs but the last
  size_t place = path.size() - 1;
  if (place >= inner)
    return place < 2 * inner + 1 ? 2 : 0;
  size_t first = 0;
  for (uint16_t step : path.drop_front())
    first += step + 1;
  return unsigned(stages - 1 - first - (inner - place - 1));
}

double SyncSpace::size() const { return 2 * std::pow(3.0, double(stages - 1)); }

SyncStrategy SyncSpace::strategyOf(llvm::ArrayRef<uint16_t> leaf) const {
  SyncStrategy strategy(stages, SyncKind::none);
  if (order == SyncOrder::stages) {
    for (size_t i = 0; i < stages; ++i)
      strategy[i] = kKinds[leaf[i] + (i + 1 == stages)];
    return strategy;
  }
  size_t inner = leaf[0], stage = 0;
  auto kind = [&](size_t i) { return leaf[1 + inner + i] ? SyncKind::concat : SyncKind::add; };
  for (size_t i = 0; i < inner; ++i) {
    stage += leaf[1 + i];
    strategy[stage++] = kind(i);
  }
  strategy.back() = kind(inner);
  return strategy;
}

Choices SyncSpace::leafOf(llvm::ArrayRef<SyncKind> strategy) const {
  if (order == SyncOrder::stages) {
    Choices letters;
    for (SyncKind kind : strategy)
      letters.push_back(uint16_t(llvm::find(kKinds, kind) - kKinds));
    --letters.back();
    return letters;
  }
  Choices leaf{0}, kinds;
  size_t next = 0;
  for (auto [stage, kind] : llvm::enumerate(strategy)) {
    if (kind == SyncKind::none)
      continue;
    kinds.push_back(kind == SyncKind::concat);
    if (stage + 1 == strategy.size())
      break;
    leaf.push_back(uint16_t(stage - next));
    next = stage + 1;
    ++leaf[0];
  }
  leaf.append(kinds);
  return leaf;
}

Choices SyncSpace::lettersOf(llvm::ArrayRef<uint16_t> leaf) const {
  return SyncSpace(stages, SyncOrder::stages).leafOf(strategyOf(leaf));
}

std::string SyncSpace::prefixOf(llvm::ArrayRef<uint16_t> path) const {
  if (order == SyncOrder::stages) {
    if (path.size() == stages)
      return nameOf(path);
    std::string letters;
    for (uint16_t choice : path)
      letters += char(kKinds[choice]);
    return letters;
  }
  if (path.empty())
    return "";
  size_t inner = path[0], placed = std::min(path.size() - 1, inner), stage = 0;
  std::vector<std::string> places;
  for (uint16_t step : path.slice(1, placed))
    places.push_back(std::to_string(stage += step)), ++stage;
  std::string name = "sync" + std::to_string(inner + 1);
  if (placed == inner && (inner > 0 || path.size() > 1))
    places.push_back(std::to_string(stages - 1)); // nothing is left to choose
  if (!places.empty())
    name += "_" + llvm::join(places, stages > 10 ? "-" : "");
  for (size_t i = 1 + inner; i < path.size(); ++i)
    name += std::string(i == 1 + inner ? "_" : "") + (path[i] ? 'c' : 'a');
  return name;
}

std::string SyncSpace::nameOf(llvm::ArrayRef<uint16_t> leaf) const {
  return snc::nameOf(strategyOf(leaf));
}

} // namespace snc
