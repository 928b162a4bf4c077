// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A branch plan as JSON:
//   {"strategy": "sync1_3_c", "nodes": 5,
//    "units": [{"name": "cpu0", "threads": 1}, {"name": "cpu1", "threads": 1}],
//    "segments": [{"begin": 0, "end": 4, "kind": "rows", "shares": [4, 4]},
//                 {"begin": 4, "end": 5, "kind": "single", "unit": 0}]}
// `strategy`, `own_branches`, `name` and `adds` are for the reader. A unit that is a GPU has its
// interface as "device": {"name": "gpu0", "threads": 1, "device": "opencl"}.

#include "nlohmann/json.hpp"
#include "search/BranchPlan.h"

namespace snc {

using nlohmann::json;

static constexpr std::pair<SegmentKind, const char *> kKinds[] = {
    {SegmentKind::all, "all"},   {SegmentKind::single, "single"},
    {SegmentKind::rows, "rows"}, {SegmentKind::channels, "channels"},
    {SegmentKind::add, "add"},   {SegmentKind::paths, "paths"}};

static json toJson(const PlanSegment &segment) {
  json value{{"begin", segment.begin}, {"end", segment.end}};
  for (auto [kind, word] : kKinds)
    if (kind == segment.kind)
      value["kind"] = word;
  if (segment.kind == SegmentKind::single)
    value["unit"] = segment.unit;
  if (!segment.shares.empty())
    value["shares"] = segment.shares;
  if (!segment.units.empty())
    value["units"] = segment.units;
  if (!segment.name.empty())
    value["name"] = segment.name;
  if (segment.adds)
    value["adds"] = true;
  return value;
}

json toJson(const BranchPlan &plan) {
  json units = json::array(), segments = json::array();
  for (const PlanUnit &unit : plan.units) {
    units.push_back({{"name", unit.name}, {"threads", unit.threads}});
    if (unit.device != Device::cpu)
      units.back()["device"] = nameOf(unit.device).str();
  }
  for (const PlanSegment &segment : plan.segments)
    segments.push_back(toJson(segment));
  json value{{"strategy", plan.strategy()},
             {"nodes", plan.nodes},
             {"units", units},
             {"segments", segments}};
  if (!plan.ownBranches.empty())
    value["own_branches"] = plan.ownBranches;
  return value;
}

/// A whole number; json's own conversion would cut 0.5 to 0.
static int64_t wholeNumber(const json &value, const char *member) {
  if (!value.is_number_integer())
    throw std::runtime_error(std::string("'") + member + "' holds " + value.dump() +
                             ", expected whole numbers");
  return value.get<int64_t>();
}

static std::vector<int64_t> wholeNumbers(const json &object, const char *member) {
  std::vector<int64_t> numbers;
  if (!object.contains(member))
    return numbers;
  if (!object.at(member).is_array())
    throw std::runtime_error(std::string("'") + member + "' is no array");
  for (const json &value : object.at(member))
    numbers.push_back(wholeNumber(value, member));
  return numbers;
}

static PlanSegment segmentFromJson(const json &value) {
  PlanSegment segment;
  segment.begin = wholeNumber(value.at("begin"), "begin");
  segment.end = wholeNumber(value.at("end"), "end");
  std::string word = value.at("kind");
  bool known = false;
  for (auto [kind, name] : kKinds)
    if (word == name) {
      segment.kind = kind;
      known = true;
    }
  if (!known)
    throw std::runtime_error("unknown kind '" + word +
                             "'; there are all, single, rows, channels, add and paths");
  segment.unit = value.contains("unit") ? wholeNumber(value.at("unit"), "unit") : 0;
  segment.shares = wholeNumbers(value, "shares");
  segment.units = wholeNumbers(value, "units");
  segment.name = value.value("name", std::string());
  segment.adds = value.value("adds", false);
  return segment;
}

static PlanUnit unitFromJson(const json &value) {
  PlanUnit unit{value.at("name"), wholeNumber(value.at("threads"), "threads")};
  std::string word = value.value("device", std::string("cpu"));
  std::optional<Device> device = deviceNamed(word);
  if (!device)
    throw std::runtime_error("unknown device '" + word + "'");
  unit.device = *device;
  return unit;
}

llvm::Expected<BranchPlan> branchPlanFromJson(const json &value) {
  try {
    BranchPlan plan;
    plan.nodes = wholeNumber(value.at("nodes"), "nodes");
    for (const json &unit : value.at("units"))
      plan.units.push_back(unitFromJson(unit));
    for (const json &segment : value.at("segments"))
      plan.segments.push_back(segmentFromJson(segment));
    plan.ownBranches = value.value("own_branches", std::string());
    return plan;
  } catch (const std::exception &error) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "not a branch plan: %s",
                                   error.what());
  }
}

} // namespace snc
