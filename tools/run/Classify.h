// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Class scores as answers: the best k, and their quality over a folder.

#ifndef SNC_TOOLS_RUN_CLASSIFY_H
#define SNC_TOOLS_RUN_CLASSIFY_H

#include "tools/run/Image.h"
#include "tools/run/Session.h"

#include <nlohmann/json.hpp>

namespace snc::run {

/// One label a line. Throws RunError.
std::vector<std::string> readLabels(const std::string &path);

/// The label of a class; classes below `offset` are the background, label i is
/// class i + offset.
std::string labelOf(const std::vector<std::string> &labels, size_t index, size_t offset);

/// Indices of the `k` largest of the f32 output 0, best first.
std::vector<size_t> bestClasses(const Session &session, size_t k);

/// [{class, label, score}] of the best k; scores are softmax probabilities
/// unless the output already sums to 1.
nlohmann::ordered_json topK(const Session &session, size_t k,
                            const std::vector<std::string> &labels, size_t offset);

struct EvalOptions {
  std::string folder;
  std::string truth; ///< file of lines "picture class"; empty: sub-folders are classes
  std::vector<std::string> labels;
  size_t labelOffset = 0;
  bool progress = true; ///< lines (or a bar on a terminal) on standard error
};

/// Classifies every picture of a folder: {images, top1, top5, top1_percent,
/// top5_percent}. Without a truth file the classes are the sub-folders: by
/// label where all are labels, else in alphabetical order. Throws RunError.
nlohmann::ordered_json evaluate(Session &session, const Preset &preset, const EvalOptions &options);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_CLASSIFY_H
