// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Fallback.h"

#include "ir/Layout.h"
#include "ir/Target.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace snc {

/// Puts the other program's weights behind those of `program`, but for equal ones.
static void shareWeights(ProgramOp program, ProgramOp other) {
  llvm::DenseMap<std::pair<Attribute, Type>, int64_t> places;
  auto weights = [](ProgramOp p) {
    return llvm::make_filter_range(p.getBody().getOps<BufferOp>(), [](BufferOp buffer) {
      return buffer.getSpace() == Space::weights;
    });
  };
  for (BufferOp buffer : weights(program))
    places[{*buffer.getValue(), buffer.getType()}] = int64_t(buffer.getOffset());
  auto end = int64_t(llvm::alignTo(program.getWeights(), uint64_t(kHostAlignment)));
  for (BufferOp buffer : weights(other)) {
    auto [place, isNew] = places.try_emplace({*buffer.getValue(), buffer.getType()}, end);
    if (isNew)
      end = int64_t(llvm::alignTo(uint64_t(end + byteSize(buffer.getType().getTensor())),
                                  uint64_t(kHostAlignment)));
    buffer.setOffset(uint64_t(place->second));
  }
  program.setWeights(uint64_t(end));
  other.setWeights(uint64_t(end));
}

void addFallback(ModuleOp module, ModuleOp fallback) {
  Builder builder(module.getContext());
  SymbolTable known(module);
  int64_t threads = threadsOf(fallback);
  for (KernelOp kernel : llvm::make_early_inc_range(fallback.getOps<KernelOp>())) {
    if (known.lookup(kernel.getSymName()))
      continue;
    // The name stays: it is of the text before.
    kernel->setAttr("snc.threads", builder.getI64IntegerAttr(threads));
    kernel->remove();
    known.insert(kernel, module.getBody()->begin());
  }
  ProgramOp first = *module.getOps<ProgramOp>().begin();
  ProgramOp other = *fallback.getOps<ProgramOp>().begin();
  other.setSymName(kFallbackName);
  other->remove();
  module.push_back(other);
  shareWeights(first, other);
}

} // namespace snc
