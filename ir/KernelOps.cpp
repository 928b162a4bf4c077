// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Assembly and rules of the kernel level (docs/ir.md, K1 to K5).

#include "ir/Layout.h"
#include "ir/SncOps.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace snc;

void KernelOp::build(OpBuilder &builder, OperationState &state, StringRef name, FunctionType type) {
  state.addAttribute(getSymNameAttrName(state.name), builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name), TypeAttr::get(type));
  Block &entry = state.addRegion()->emplaceBlock();
  for (Type input : type.getInputs())
    entry.addArgument(input, state.location);
}

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
  auto build = [](Builder &builder, ArrayRef<Type> arguments, ArrayRef<Type> results,
                  function_interface_impl::VariadicFlag,
                  std::string &) { return builder.getFunctionType(arguments, results); };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false, getFunctionTypeAttrName(result.name), build,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void KernelOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false,
                                           getFunctionTypeAttrName(), getArgAttrsAttrName(),
                                           getResAttrsAttrName());
}

LogicalResult KernelOp::verify() {
  if (getBody().empty() || getBody().front().empty())
    return emitOpError("K1: a kernel has a body");
  for (auto [i, argument] : llvm::enumerate(getBody().getArguments()))
    if (argument.use_empty())
      return emitOpError("K1: argument ") << i << " is not used";
  return success();
}

LogicalResult YieldOp::verify() {
  auto kernel = dyn_cast<KernelOp>((*this)->getParentOp());
  if (!kernel)
    return success(); // B2 is checked by the branches
  if (getOperandTypes() != TypeRange(kernel.getResultTypes()))
    return emitOpError("K1: yields other types than the kernel returns");
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel = symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError("K2: there is no kernel @") << getKernel();
  if (getInputs().getTypes() != TypeRange(kernel.getArgumentTypes()) ||
      getOutputs().getTypes() != TypeRange(kernel.getResultTypes()))
    return emitOpError("K2: types differ from those of kernel @") << getKernel();
  return success();
}
