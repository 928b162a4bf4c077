// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the dialect; attributes and types with their verifiers.

#include "ir/SncOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace snc;

#include "ir/SncDialect.cpp.inc"
#include "ir/SncEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/SncAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/SncTypes.cpp.inc"

void SncDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/SncAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/SncTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "ir/SncOps.cpp.inc"
      >();
}

Operation *SncDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                           Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  return elements ? builder.create<ConstantOp>(loc, type, elements) : nullptr;
}

LogicalResult BlockedAttr::verify(llvm::function_ref<InFlightDiagnostic()> emit, int64_t lanes,
                                  int64_t pitch) {
  if (pitch < 0)
    return emit() << "K3: a pitch is a number of rows";
  if (lanes < 2 || lanes > 64)
    return emit() << "K3: a block has 2 to 64 lanes, not " << lanes;
  return success();
}

LogicalResult WindowAttr::verify(llvm::function_ref<InFlightDiagnostic()> emit, int64_t pitch) {
  if (pitch < 1)
    return emit() << "K3: a pitch is a number of rows, at least 1";
  return success();
}

LogicalResult PackedAttr::verify(llvm::function_ref<InFlightDiagnostic()> emit, StringRef kind,
                                 int64_t lanes, int64_t rows, int64_t inputLanes, int64_t groups,
                                 bool) {
  if (kind != "conv" && kind != "winograd" && kind != "depthwise" && kind != "panel")
    return emit() << "K5: unknown packing '" << kind << "'";
  if (lanes < 1 || rows < 1 || inputLanes < 1 || groups < 1)
    return emit() << "K5: packing numbers are positive";
  return success();
}

int64_t ScheduleAttr::get(StringRef name, int64_t fallback) const {
  auto value = getParams().getAs<IntegerAttr>(name);
  return value ? value.getInt() : fallback;
}
