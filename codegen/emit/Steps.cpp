// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Steps.h"

#include "ir/ProgramAccess.h"
#include "ir/Target.h"

using namespace mlir;

namespace snc {

FailureOr<std::vector<EmittedStep>> stepsOf(ProgramOp program) {
  auto access = ProgramAccess::of(program);
  if (failed(access))
    return failure();
  std::vector<CallStep> places = stepsOf(access->units, access->events);
  int64_t units = int64_t(unitsOf(program).size());
  std::vector<EmittedStep> steps;
  std::vector<int64_t> stepOf;
  for (size_t i = 0; i < places.size(); ++i) {
    auto [phase, level] = places[i];
    int64_t unit = access->units[i];
    if (unit != kAllUnits && (unit < 0 || unit >= units))
      return access->calls[i].emitOpError("S6: there is no unit ") << unit, failure();
    bool continues = !steps.empty() && steps.back().unit == unit && steps.back().phase == phase &&
                     steps.back().level == level;
    if (!continues) {
      bool sorted = steps.empty() || std::tie(steps.back().phase, steps.back().level,
                                              steps.back().unit) < std::tie(phase, level, unit);
      if (!sorted)
        return access->calls[i].emitOpError("S6: calls of one step are not together, or a step "
                                            "comes before one of a lower level");
      steps.push_back({unit, phase, level, int64_t(i), 0, {}});
    }
    ++steps.back().numCalls;
    stepOf.push_back(int64_t(steps.size()) - 1);
  }
  for (const CallEvent &event : access->events)
    steps[size_t(stepOf[size_t(event.to)])].waits.push_back(stepOf[size_t(event.from)]);
  return steps;
}

} // namespace snc
