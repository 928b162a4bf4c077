// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RewardTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <map>
#include <numeric>

namespace snc::bench {

namespace {

llvm::Error fault(llvm::StringRef path, const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), path + ": " + what);
}

struct Csv {
  std::unique_ptr<llvm::MemoryBuffer> text;
  std::vector<llvm::StringRef> head;
  std::vector<std::vector<llvm::StringRef>> rows; ///< each as wide as the head
  std::vector<size_t> lines;                      ///< of the rows, from 1

  /// npos: there is no such column.
  size_t column(llvm::StringRef name) const {
    const auto *found = llvm::find(llvm::ArrayRef(head), name);
    return found == head.data() + head.size() ? llvm::StringRef::npos : found - head.data();
  }
};

llvm::Expected<Csv> readCsv(llvm::StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return fault(path, file.getError().message());
  Csv csv{std::move(*file), {}, {}, {}};
  llvm::SmallVector<llvm::StringRef> lines, fields;
  csv.text->getBuffer().split(lines, '\n');
  for (auto [number, line] : llvm::enumerate(lines)) {
    line = line.rtrim('\r');
    if (line.empty())
      continue;
    fields.clear();
    line.split(fields, ',');
    if (csv.head.empty()) {
      csv.head.assign(fields.begin(), fields.end());
      continue;
    }
    if (fields.size() != csv.head.size())
      return fault(path, "line " + llvm::Twine(number + 1) + " has " + llvm::Twine(fields.size()) +
                             " fields, not " + llvm::Twine(csv.head.size()));
    csv.rows.emplace_back(fields.begin(), fields.end());
    csv.lines.push_back(number + 1);
  }
  if (csv.rows.empty())
    return fault(path, "no rows");
  return csv;
}

bool isNumber(llvm::StringRef text, double &value) {
  return !text.empty() && llvm::to_float(text, value) && std::isfinite(value);
}

/// The names of all strategies, in the order of the leaves.
std::vector<std::string> allNames(size_t stages) {
  SyncSpace space(stages, SyncOrder::stages);
  std::vector<std::string> names;
  for (size_t i = 0, count = size_t(space.size()); i < count; ++i) {
    Choices leaf(stages);
    size_t rest = i;
    for (size_t stage = stages; stage-- > 0;) {
      size_t width = stage + 1 == stages ? 2 : 3;
      leaf[stage] = uint16_t(rest % width);
      rest /= width;
    }
    names.push_back(space.nameOf(leaf));
  }
  return names;
}

/// The stages of the network that a strategy's name speaks of; 0: it is no strategy of ten or
/// fewer.
size_t stagesOf(llvm::StringRef name) {
  size_t last = 0;
  llvm::StringRef places = name.split('_').second.split('_').first;
  if (places.empty() || places.take_back(1).getAsInteger(10, last))
    return 0;
  return strategyNamed(name, last + 1) ? last + 1 : 0;
}

void summarise(RewardTable &table, const std::map<std::string, std::vector<double>> &scores) {
  double squares = 0, inverse = 0;
  size_t freedom = 0;
  for (const auto &[name, repeats] : scores) {
    double count = double(repeats.size()), mean = 0;
    for (double score : repeats)
      mean += score / count;
    for (double score : repeats)
      squares += (score - mean) * (score - mean);
    freedom += repeats.size() - 1;
    inverse += 1 / count;
    table.score[name] = mean;
    table.falling.push_back(mean);
  }
  table.trainingNoise = freedom ? std::sqrt(squares / double(freedom)) : 0;
  table.entryNoise = table.trainingNoise * std::sqrt(inverse / double(scores.size()));
  llvm::sort(table.falling, std::greater<>());
  double count = double(table.falling.size());
  double mean = std::accumulate(table.falling.begin(), table.falling.end(), 0.0) / count,
         variance = 0;
  for (double score : table.falling)
    variance += (score - mean) * (score - mean) / std::max(1.0, count - 1);
  table.spread = std::sqrt(variance);
  table.truth = std::sqrt(std::max(0.0, variance - table.entryNoise * table.entryNoise));
}

} // namespace

llvm::Expected<RewardTable> RewardTable::read(llvm::StringRef path) {
  llvm::Expected<Csv> csv = readCsv(path);
  if (!csv)
    return csv.takeError();
  size_t name = csv->column("name"), seed = csv->column("seed"), score = csv->column("score");
  if (std::max({name, seed, score}) == llvm::StringRef::npos)
    return fault(path, "no column name, seed or score");
  RewardTable table;
  table.stages = stagesOf(csv->rows[0][name]);
  if (table.stages == 0)
    return fault(path, "no strategy: " + csv->rows[0][name]);
  std::map<std::string, std::vector<double>> scores;
  std::map<std::pair<llvm::StringRef, llvm::StringRef>, size_t> seen;
  for (auto [row, line] : llvm::zip(csv->rows, csv->lines)) {
    auto bad = [&, at = line](const llvm::Twine &what) {
      return fault(path, "line " + llvm::Twine(at) + ": " + what);
    };
    double value;
    if (!strategyNamed(row[name], table.stages))
      return bad("no strategy: " + row[name]);
    if (!isNumber(row[score], value))
      return bad("no score: " + row[score]);
    if (!seen.try_emplace({row[name], row[seed]}, line).second)
      return bad("again " + row[name] + " with seed " + row[seed]);
    scores[row[name].str()].push_back(value);
    ++table.trainings;
  }
  for (const std::string &strategy : allNames(table.stages))
    if (!scores.contains(strategy))
      return fault(path, "no row for " + strategy);
  summarise(table, scores);
  return table;
}

llvm::Expected<ProxyTable> ProxyTable::read(llvm::StringRef path, size_t stages) {
  llvm::Expected<Csv> csv = readCsv(path);
  if (!csv)
    return csv.takeError();
  size_t name = csv->column("name");
  if (name == llvm::StringRef::npos)
    return fault(path, "no column name");
  ProxyTable table;
  std::vector<size_t> columns;
  for (auto [column, kind] : llvm::enumerate(csv->head))
    if (column != name && kind != "seed" && kind != "seconds") {
      table.kinds.push_back(kind.str());
      columns.push_back(column);
    }
  if (columns.empty())
    return fault(path, "no scores");
  table.scores.resize(columns.size());
  for (auto [row, line] : llvm::zip(csv->rows, csv->lines))
    for (auto [column, scores] : llvm::zip(columns, table.scores)) {
      double value;
      if (!strategyNamed(row[name], stages))
        return fault(path, "line " + llvm::Twine(line) + ": no strategy: " + row[name]);
      if (!isNumber(row[column], value))
        return fault(path, "line " + llvm::Twine(line) + ": no score: " + row[column]);
      if (csv->head[column] == "rank") // the first is the best
        value = -value;
      if (!scores.try_emplace(row[name], value).second)
        return fault(path, "line " + llvm::Twine(line) + ": again " + row[name]);
    }
  for (const std::string &strategy : allNames(stages))
    if (!table.scores[0].contains(strategy))
      return fault(path, "no row for " + strategy);
  return table;
}

} // namespace snc::bench
