// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Classify.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace snc::run {

std::vector<std::string> readLabels(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    throw RunError(path + ": cannot open this file of labels");
  std::vector<std::string> labels;
  for (std::string line; std::getline(file, line);)
    labels.push_back(line.substr(0, line.find_last_not_of(" \r") + 1));
  return labels;
}

std::string labelOf(const std::vector<std::string> &labels, size_t index, size_t offset) {
  if (index < offset)
    return "background";
  return index - offset < labels.size() ? labels[index - offset] : "class " + std::to_string(index);
}

static std::pair<const float *, size_t> scores(const Session &session) {
  const snc_tensor_info &info = *session.library().outputs()[0];
  if (info.dtype != SNC_FLOAT32)
    throw RunError("output '" + std::string(info.name) + "' holds no float32 scores");
  return {reinterpret_cast<const float *>(session.output(0)), info.bytes / sizeof(float)};
}

std::vector<size_t> bestClasses(const Session &session, size_t k) {
  auto [values, count] = scores(session);
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t(0));
  k = std::min(k, count);
  std::partial_sort(order.begin(), order.begin() + long(k), order.end(),
                    [values = values](size_t a, size_t b) { return values[a] > values[b]; });
  order.resize(k);
  return order;
}

Json topK(const Session &session, size_t k, const std::vector<std::string> &labels, size_t offset) {
  auto [values, count] = scores(session);
  double sum = std::accumulate(values, values + count, 0.0),
         top = *std::max_element(values, values + count);
  bool probabilities = std::fabs(sum - 1) < 1e-3 && *std::min_element(values, values + count) >= 0;
  double total = 0;
  for (size_t i = 0; i < count; ++i)
    total += std::exp(double(values[i]) - top);
  Json result = Json::array();
  for (size_t index : bestClasses(session, k)) {
    double score = probabilities ? values[index] : std::exp(double(values[index]) - top) / total;
    result.push_back(
        {{"class", index}, {"label", labelOf(labels, index, offset)}, {"score", score}});
  }
  return result;
}

namespace {
struct Picture {
  std::string path;
  size_t truth; ///< class index as the network counts
};

std::vector<Picture> fromTruthFile(const EvalOptions &options) {
  std::ifstream file(options.truth);
  if (!file)
    throw RunError(options.truth + ": cannot open this file");
  std::vector<Picture> pictures;
  for (std::string line; std::getline(file, line);) {
    size_t space = line.find_last_of(" \t,");
    char *end = nullptr;
    size_t index = space == line.npos ? 0 : std::strtoul(line.c_str() + space + 1, &end, 10);
    if (line.empty())
      continue;
    if (space == line.npos || end == line.c_str() + space + 1)
      throw RunError(options.truth + ": expected 'picture class' in line '" + line + "'");
    pictures.push_back(
        {(fs::path(options.folder) / line.substr(0, space)).string(), index + options.labelOffset});
  }
  return pictures;
}

std::vector<Picture> fromSubFolders(const EvalOptions &options) {
  std::vector<std::string> classes;
  std::error_code error;
  for (const auto &entry : fs::directory_iterator(options.folder, error))
    if (entry.is_directory())
      classes.push_back(entry.path().filename().string());
  if (error)
    throw RunError(options.folder + ": cannot open this folder");
  std::sort(classes.begin(), classes.end());
  bool byLabel = std::all_of(classes.begin(), classes.end(), [&](const std::string &c) {
    return std::find(options.labels.begin(), options.labels.end(), c) != options.labels.end();
  });
  std::vector<Picture> pictures;
  for (size_t i = 0; i < classes.size(); ++i) {
    auto at = std::find(options.labels.begin(), options.labels.end(), classes[i]);
    size_t index = (byLabel ? size_t(at - options.labels.begin()) : i) + options.labelOffset;
    for (const auto &entry : fs::directory_iterator(fs::path(options.folder) / classes[i]))
      if (isImagePath(entry.path().string()))
        pictures.push_back({entry.path().string(), index});
  }
  std::sort(pictures.begin(), pictures.end(),
            [](const Picture &a, const Picture &b) { return a.path < b.path; });
  return pictures;
}

void showProgress(size_t done, size_t total, size_t right) {
  bool terminal = isatty(STDERR_FILENO);
  if (!terminal && done % std::max<size_t>(1, total / 10) && done != total)
    return;
  std::fprintf(stderr, "%s%zu/%zu pictures, %zu right%s", terminal ? "\r" : "", done, total, right,
               terminal && done != total ? "" : "\n");
}
} // namespace

Json evaluate(Session &session, const Preset &preset, const EvalOptions &options) {
  auto pictures = options.truth.empty() ? fromSubFolders(options) : fromTruthFile(options);
  if (pictures.empty())
    throw RunError(options.folder +
                   ": no pictures in sub-folders; name their classes with --truth");
  const snc_tensor_info &info = *session.library().inputs()[0];
  size_t top1 = 0, top5 = 0, done = 0;
  for (const Picture &picture : pictures) {
    readImage(picture.path, preset, info, reinterpret_cast<float *>(session.input(0)));
    session.run();
    std::vector<size_t> best = bestClasses(session, 5);
    top1 += !best.empty() && best[0] == picture.truth;
    top5 += std::find(best.begin(), best.end(), picture.truth) != best.end();
    if (options.progress)
      showProgress(++done, pictures.size(), top1);
  }
  double n = double(pictures.size());
  return {{"images", pictures.size()},
          {"top1", top1},
          {"top5", top5},
          {"top1_percent", 100.0 * double(top1) / n},
          {"top5_percent", 100.0 * double(top5) / n}};
}

} // namespace snc::run
