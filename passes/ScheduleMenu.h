// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schedules that suit a kernel, and the name under which a choice among them is
// kept. docs/schedules.md has the model that orders them.

#ifndef SNC_PASSES_SCHEDULEMENU_H
#define SNC_PASSES_SCHEDULEMENU_H

#include "ir/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace snc {

/// At most so many schedules are in a menu.
constexpr size_t kMenuSize = 8;

/// Schedules of `kernel` for `threads` strips, best first as the model has it: at
/// least one, no two equal, all legal on `target`. A function of the kernel's body,
/// whether its weights are packed yet or not. `winograd`: with Winograd's algorithm, which
/// rounds differently, where it is faster.
llvm::SmallVector<ScheduleAttr> scheduleMenu(KernelOp kernel, const Target &target,
                                             int64_t threads, bool winograd = true);

/// A hash of what a schedule is chosen for: the kernel's text but for its name, its
/// schedule and the memory order that follows from it; target and threads. The same
/// before and after weights are packed. Lower-case hexadecimal digits.
std::string scheduleKey(KernelOp kernel);

/// "#snc.schedule<...>", as choices name a schedule.
std::string scheduleText(ScheduleAttr schedule);

/// scheduleText() by scheduleKey().
using ScheduleChoices = llvm::StringMap<std::string>;

/// Reads {"<key>": "<schedule>", ...}. An error that names the path, and the key
/// where there is one, for a file that cannot be read or holds anything else;
/// whether schedules are such is seen when one is used.
llvm::Expected<ScheduleChoices> readChoices(llvm::StringRef path);

} // namespace snc

#endif // SNC_PASSES_SCHEDULEMENU_H
