// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the kernel with which a library's GPU program begins to differ from its program
// for the CPU alone.

#ifndef SNC_TOOLS_RUN_BISECT_H
#define SNC_TOOLS_RUN_BISECT_H

#include "tools/run/Session.h"

#include <functional>
#include <nlohmann/json.hpp>

namespace snc::run {

struct BisectOptions {
  double tolerance = 1e-3; ///< of the range of a value
  /// Fills the inputs; the same for each session.
  std::function<void(Session &)> fill = [](Session &session) { session.fillRandom(1); };
};

/// Runs both programs, as planned and then kernel by kernel, and compares outputs and what
/// the kernels write. Kernels are matched by the node and operator that they end with, what
/// only moves values with what it moves. Throws RunError where there is no GPU or no program to
/// compare with.
///
/// {"gpu", "tolerance", "outputs": [{"name", "agrees", "relative"}],
///  "kernels": [{"kernel", "op", "device", "compared", "agrees", "relative", "at", "gpu",
///               "cpu", "beyond", "elements", "part" or "why"}],
///  "agrees", "first": index in "kernels" of the first that differs, or null}
/// In a file "relative", "gpu" and "cpu" are null where they are no finite numbers.
nlohmann::ordered_json bisect(const LoadedLibrary &library, const snc_options &base,
                              const BisectOptions &options);

/// The same for a reader, up to the first kernel that differs.
std::string bisectText(const nlohmann::ordered_json &result);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_BISECT_H
