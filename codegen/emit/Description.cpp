// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Description.h"

#include "codegen/emit/ModelTables.h"
#include "codegen/emit/Names.h"
#include "ir/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <map>

using namespace mlir;

namespace snc {

std::string cType(Type element) {
  if (element.isF32())
    return "float";
  if (element.isF64())
    return "double";
  if (element.isInteger(1))
    return "uint8_t";
  unsigned width = element.getIntOrFloatBitWidth();
  return (element.isUnsignedInteger() ? "uint" : "int") + std::to_string(width) + "_t";
}

static std::vector<TensorDescription> tensorsOf(ProgramOp program, Space space) {
  std::map<int64_t, TensorDescription> byIndex;
  for (BufferOp buffer : program.getBody().getOps<BufferOp>())
    if (buffer.getSpace() == space)
      byIndex[int64_t(*buffer.getIndex())] = {buffer.getName().value_or("").str(), "",
                                              buffer.getType().getTensor()};
  std::vector<TensorDescription> tensors;
  llvm::StringSet<> used;
  for (auto &[index, tensor] : byIndex) {
    tensor.identifier = identifierOf(tensor.name);
    while (!used.insert(tensor.identifier).second)
      tensor.identifier += "_";
    tensors.push_back(tensor);
  }
  return tensors;
}

LibraryDescription describe(ModuleOp module, StringRef name) {
  LibraryDescription d;
  d.name = name.str();
  if (auto model = module->getAttrOfType<StringAttr>("snc.model"))
    d.model = model.str();
  d.target = targetOf(module).name.str();
  d.threads = threadsOf(module);
  ProgramOp program = *module.getOps<ProgramOp>().begin();
  d.inputs = tensorsOf(program, Space::input);
  d.outputs = tensorsOf(program, Space::output);
  d.arena = program.getArena();
  d.arenaLowerBound = program.getLowerBound();
  d.weights = program.getWeights();
  SymbolTable symbols(module);
  std::map<std::string, int64_t> operators;
  for (CallOp call : program.getBody().getOps<CallOp>()) {
    auto kernel = symbols.lookup<KernelOp>(call.getKernel());
    auto number = [&](StringRef attr) {
      auto value = kernel->getAttrOfType<IntegerAttr>(attr);
      return value ? value.getInt() : 0;
    };
    d.kernels.push_back({kernel.getSymName().str(), nodesOf(call.getLoc()), operatorsOf(kernel),
                         number("snc.flops"), number("snc.bytes")});
    for (Operation &op : kernel.getBody().front().without_terminator())
      if (!isa<ConstantOp>(op))
        ++operators[op.getName().stripDialect().str()];
  }
  d.operators.assign(operators.begin(), operators.end());
  return d;
}

} // namespace snc
