// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The file that measurements of one machine are gathered in (docs/profile.md).

#ifndef SNC_TOOLS_PROFILE_LATENCYFILE_H
#define SNC_TOOLS_PROFILE_LATENCYFILE_H

#include <nlohmann/json.hpp>
#include <string>

namespace snc::profile {

/// `old` with all members of `fresh`, objects merged member by member, so that
/// what `fresh` does not tell of stays; two times of a kernel become their mean,
/// or the smaller where they differ by more than noise. Throws RunError where both name a
/// processor or a GPU, and not the same.
nlohmann::ordered_json mergeLatencies(nlohmann::ordered_json old,
                                      const nlohmann::ordered_json &fresh);

/// What `path` holds; an empty object where there is no such file. Throws
/// RunError for a file that cannot be read or is none of ours.
nlohmann::ordered_json readLatencies(const std::string &path);

/// Throws RunError where updateLatencies() would, as far as can be told without
/// writing; `fresh` may be a part of what will be written.
void checkLatencies(const std::string &path, const nlohmann::ordered_json &fresh);

/// Merges `fresh` into the file, which is replaced at once by a complete one or,
/// on any failure, left as it was. Programs that do so at once lose nothing of
/// each other. Links are followed. Throws RunError.
void updateLatencies(const std::string &path, const nlohmann::ordered_json &fresh);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_LATENCYFILE_H
