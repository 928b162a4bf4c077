// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel is called in tables and messages: the nodes it computes.

#ifndef SNC_IR_NODENAMES_H
#define SNC_IR_NODENAMES_H

#include "mlir/IR/Location.h"
#include <string>

namespace snc {

/// The names in `loc` joined by "+", each once, in order: "Conv_0+Relu_1".
/// Empty where the location carries no name.
std::string displayName(mlir::Location loc);

} // namespace snc

#endif // SNC_IR_NODENAMES_H
