// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives each kernel the first schedule of its menu, or the one that was chosen for
// it by measurement.

#include "ir/Transfer.h"
#include "mlir/AsmParser/AsmParser.h"
#include "passes/ScheduleMenu.h"
#include "passes/SchedulePasses.h"

namespace snc {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "passes/SchedulePasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
/// The schedule that `text` names; a diagnostic at `kernel` and null where it is none,
/// or of a family that cannot compute the kernel.
ScheduleAttr parseChoice(KernelOp kernel, StringRef text, ArrayRef<ScheduleAttr> menu) {
  MLIRContext *context = kernel.getContext();
  ScheduleAttr schedule;
  {
    // The parser's own message tells of a place in a file that there is none of.
    ScopedDiagnosticHandler silent(context, [](Diagnostic &) { return success(); });
    schedule = dyn_cast_if_present<ScheduleAttr>(parseAttribute(text, context));
  }
  if (!schedule)
    kernel.emitError("the choice '") << text << "' is no schedule";
  else if (llvm::none_of(menu, [&](ScheduleAttr s) { return s.getKind() == schedule.getKind(); })) {
    kernel.emitError("the choice '") << text << "' cannot compute this kernel";
    return {};
  }
  return schedule;
}

struct ChooseSchedules final : snc::impl::ChooseSchedulesBase<ChooseSchedules> {
  using ChooseSchedulesBase::ChooseSchedulesBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    ScheduleChoices chosen;
    if (!choices.empty()) {
      auto read = readChoices(choices);
      if (!read) {
        module.emitError(llvm::toString(read.takeError()));
        return signalPassFailure();
      }
      chosen = std::move(*read);
    }
    for (KernelOp kernel : module.getOps<KernelOp>()) {
      if (transferOf(kernel))
        continue;
      SmallVector<ScheduleAttr> menu =
          scheduleMenu(kernel, targetOf(module), threadsOf(kernel), winograd);
      ScheduleAttr schedule = menu.front();
      auto choice = chosen.empty() ? chosen.end() : chosen.find(scheduleKey(kernel));
      if (choice != chosen.end())
        schedule = parseChoice(kernel, choice->second, menu);
      if (!schedule)
        return signalPassFailure();
      kernel.setScheduleAttr(schedule);
    }
  }
};
} // namespace
