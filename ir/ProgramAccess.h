// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program as calls, the memory they touch, and the events between them.

#ifndef SNC_IR_PROGRAMACCESS_H
#define SNC_IR_PROGRAMACCESS_H

#include "ir/CallOrder.h"
#include "ir/SncOps.h"

namespace snc {

/// One operand of a call.
struct Access {
  int64_t call;
  BufferOp root;
  Footprint bytes; ///< within the root
  bool writes;
};

struct ProgramAccess {
  llvm::SmallVector<CallOp> calls;
  std::vector<int64_t> units;    ///< of each call; kAllUnits
  std::vector<CallEvent> events; ///< in order of the waits
  llvm::SmallVector<WaitOp> waits;
  std::vector<Access> accesses;

  /// Fails with a diagnostic (S4) where a wait or signal stands for no call.
  static mlir::FailureOr<ProgramAccess> of(ProgramOp program);
};

/// The buffer behind any views of it, and where `v` begins in it, in bytes.
std::pair<BufferOp, int64_t> rootOf(mlir::Value v);

/// The bytes of a tensor of `type` at `offset`.
Footprint footprintOf(mlir::RankedTensorType type, int64_t offset);

/// The first rule of S2 to S4 that does not hold under `order`, as a message;
/// empty when all do.
std::string brokenOrder(const ProgramAccess &program, const CallOrder &order);

} // namespace snc

#endif // SNC_IR_PROGRAMACCESS_H
