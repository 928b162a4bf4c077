// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NasBench201.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <algorithm>
#include <cmath>

namespace snc::bench {

static constexpr llvm::StringLiteral kOperations[] = {"none", "skip_connect", "nor_conv_1x1",
                                                      "nor_conv_3x3", "avg_pool_3x3"};

unsigned NasBench201Space::width(llvm::ArrayRef<uint16_t> path) const {
  return path.size() < edges ? operations : 0;
}

std::string NasBench201Space::nameOf(llvm::ArrayRef<uint16_t> leaf) const {
  std::string name;
  for (unsigned to = 1, edge = 0; to <= 3; ++to) {
    name += to > 1 ? "+|" : "|";
    for (unsigned from = 0; from < to; ++from)
      name += (kOperations[leaf[edge++]] + "~" + llvm::Twine(from) + "|").str();
  }
  return name;
}

unsigned NasBench201Space::indexOf(llvm::ArrayRef<uint16_t> leaf) {
  unsigned index = 0;
  for (uint16_t choice : leaf)
    index = index * operations + choice;
  return index;
}

static llvm::Error fault(llvm::StringRef path, const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), path + ": " + what);
}

/// The leaf of a cell in NAS-Bench-201's notation; empty: it is none.
static Choices cellOf(llvm::StringRef notation) {
  Choices leaf;
  llvm::SmallVector<llvm::StringRef> parts;
  notation.split(parts, '|', -1, false);
  for (llvm::StringRef part : parts) {
    if (part == "+")
      continue;
    const auto *found = llvm::find(kOperations, part.split('~').first);
    if (found == std::end(kOperations))
      return {};
    leaf.push_back(found - std::begin(kOperations));
  }
  return leaf.size() == NasBench201Space::edges ? leaf : Choices();
}

llvm::Expected<NasBench201Cost> NasBench201Cost::read(llvm::StringRef path,
                                                      llvm::StringRef device) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return fault(path, file.getError().message());
  llvm::SmallVector<llvm::StringRef> lines, fields;
  (*file)->getBuffer().split(lines, '\n', -1, false);
  if (lines.size() != NasBench201Space::cells + 1)
    return fault(path, "not a row for each cell");
  lines[0].rtrim('\r').split(fields, ',');
  auto column = [&](llvm::StringRef name) { return llvm::find(fields, name) - fields.begin(); };
  size_t arch = column("arch"), accuracy = column("c10_test200"), latency = column(device);
  size_t columns = fields.size();
  if (std::max({arch, accuracy, latency}) == columns)
    return fault(path, "no column arch, c10_test200 or " + device);

  NasBench201Cost table;
  table.costs.assign(NasBench201Space::cells, std::nan(""));
  std::vector<double> latencies(NasBench201Space::cells);
  for (llvm::StringRef line : llvm::drop_begin(lines)) {
    fields.clear();
    line.rtrim('\r').split(fields, ',');
    double percent, milliseconds;
    Choices leaf = fields.size() == columns ? cellOf(fields[arch]) : Choices();
    if (leaf.empty() || !llvm::to_float(fields[accuracy], percent) ||
        !llvm::to_float(fields[latency], milliseconds))
      return fault(path, "bad row: " + line);
    unsigned index = NasBench201Space::indexOf(leaf);
    table.costs[index] = 100 - percent;
    latencies[index] = milliseconds;
  }
  if (llvm::any_of(table.costs, [](double cost) { return std::isnan(cost); }))
    return fault(path, "a cell is missing");

  std::vector<double> sorted = latencies;
  std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
  table.bound = sorted[sorted.size() / 2];
  for (auto [cost, milliseconds] : llvm::zip(table.costs, latencies)) {
    if (milliseconds <= table.bound)
      table.feasible.push_back(cost);
    else
      cost = std::numeric_limits<double>::infinity();
  }
  llvm::sort(table.feasible);
  return table;
}

double NasBench201Cost::cost(llvm::ArrayRef<uint16_t> leaf) {
  return costs[NasBench201Space::indexOf(leaf)];
}

} // namespace snc::bench
