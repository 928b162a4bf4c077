// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is measured next, and what is chosen, by the times in a store.

#ifndef SNC_CODEGEN_DRIVER_TUNINGPOLICY_H
#define SNC_CODEGEN_DRIVER_TUNINGPOLICY_H

#include "codegen/driver/Tuning.h"
#include "search/TuningStore.h"

namespace snc {

/// The fastest known schedule of the menu, the model's unless another gains more than
/// 2 %.
std::string bestSchedule(TuningStore &store, const TunableKernel &kernel);

/// What to time next: a schedule without a time, or else of the two fastest one that
/// was seen less than three times, and `wanted` is set; else bestSchedule().
std::string nextSchedule(TuningStore &store, const TunableKernel &kernel, bool &wanted);

/// Schedules of menus without a time.
size_t untriedSchedules(TuningStore &store, llvm::ArrayRef<TunableKernel> kernels);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_TUNINGPOLICY_H
