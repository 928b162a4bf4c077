// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/ReportText.h"
#include "codegen/report/strategy/StrategyParts.h"

#include "llvm/ADT/STLExtras.h"

#include <charconv>
#include <cmath>
#include <numeric>

namespace snc {

int64_t StrategyNetwork::expanded() const {
  int64_t sum = 0;
  for (const StrategyStage &stage : stages)
    for (const auto &branch : stage.branches)
      for (const StrategyBlock &block : branch)
        sum += block.expanded;
  return sum;
}

std::string scoreText(double score) {
  if (!std::isfinite(score))
    return "unknown";
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, score, std::chars_format::general, 5);
  return std::string(buffer, end.ptr);
}

std::string largeText(int64_t count) {
  static const char *const units[] = {"", " k", " M", " G", " T"};
  double value = double(count);
  size_t unit = 0;
  for (; std::abs(value) >= 999.5 && unit + 1 < std::size(units); value /= 1e3)
    ++unit;
  double size = std::abs(value);
  return fixedText(value, unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2) + units[unit];
}

std::string kernelsText(const StrategyBlock &block) {
  std::string text;
  for (int64_t kernel : block.kernels)
    text += (text.empty() ? "" : "+") + std::to_string(kernel);
  return text;
}

std::string blockText(const StrategyBlock &block, int64_t stage, size_t index) {
  auto number = [](int64_t n) { return std::to_string(n); };
  std::string text = "stage " + number(stage) + ", block " + number(int64_t(index)) + ": kernel " +
                     kernelsText(block) + ", stride " + number(block.stride) + ", " +
                     number(block.inSize) + "x" + number(block.inSize) + " pixels, " +
                     number(block.inChannels) + " \u2192 " + number(block.expanded) + " \u2192 " +
                     number(block.outChannels) + " channels, " + block.act;
  if (block.squeezed)
    text += ", squeeze and excitation " + number(block.squeezed);
  return text;
}

std::string laneClass(size_t branch) {
  static const char *const hues[] = {"k-rows", "k-channels", "k-paths", "k-add", "k-single"};
  return hues[branch % std::size(hues)];
}

std::vector<size_t> frontOf(const std::vector<StrategySample> &samples) {
  std::vector<size_t> order;
  for (auto [i, sample] : llvm::enumerate(samples))
    if (std::isfinite(sample.us) && std::isfinite(sample.score))
      order.push_back(i);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::tuple(samples[a].us, -samples[a].score, a) <
           std::tuple(samples[b].us, -samples[b].score, b);
  });
  std::vector<size_t> front;
  for (size_t i : order) {
    const StrategySample *last = front.empty() ? nullptr : &samples[front.back()];
    if (!last || samples[i].score > last->score ||
        (samples[i].score == last->score && samples[i].us == last->us))
      front.push_back(i);
  }
  return front;
}

std::vector<size_t> shownNodes(const std::vector<StrategyNode> &tree, double least, size_t most) {
  if (tree.empty())
    return {};
  double floor = double(tree.front().visits) * least;
  std::vector<size_t> order;
  for (auto [i, node] : llvm::enumerate(tree))
    if (double(node.visits) >= floor)
      order.push_back(i);
  // A parent has no fewer visits than its children, and a shorter path.
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::tuple(tree[b].visits, tree[a].path.size(), a) <
           std::tuple(tree[a].visits, tree[b].path.size(), b);
  });
  order.resize(std::min(order.size(), most));
  llvm::sort(order);
  return order;
}

} // namespace snc
