// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of the schedule level (docs/ir.md, S1 to S3).

#include "ir/Layout.h"
#include "ir/SncOps.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace snc;

namespace {
/// First write and last access of a buffer, as positions of calls.
struct Lifetime {
  int64_t begin = -1, end = -1;
};
} // namespace

/// The buffer behind any views of it.
static BufferOp rootOf(Value v) {
  while (auto view = v.getDefiningOp<ViewOp>())
    v = view.getSource();
  return v.getDefiningOp<BufferOp>();
}

static int64_t bytesOf(BufferOp buffer) { return byteSize(buffer.getType().getTensor()); }

/// S2: every arena or output buffer is written before it is read.
static FailureOr<llvm::MapVector<BufferOp, Lifetime>> lifetimes(ProgramOp program) {
  llvm::MapVector<BufferOp, Lifetime> lives;
  int64_t position = 0;
  for (CallOp call : program.getBody().getOps<CallOp>()) {
    for (Value v : call.getReads()) {
      BufferOp buffer = rootOf(v);
      bool given = buffer.getSpace() == Space::weights || buffer.getSpace() == Space::input;
      if (!given && lives[buffer].begin < 0)
        return call.emitOpError("S2: reads a buffer that nothing has written");
      lives[buffer].end = position;
    }
    for (Value v : call.getWrites()) {
      BufferOp buffer = rootOf(v);
      if (buffer.getSpace() == Space::weights || buffer.getSpace() == Space::input)
        return call.emitOpError("S2: writes to weights or to an input");
      Lifetime &life = lives[buffer];
      life.begin = life.begin < 0 ? position : life.begin;
      life.end = position;
    }
    ++position;
  }
  return lives;
}

LogicalResult ProgramOp::verify() {
  SmallVector<BufferOp> arena;
  for (BufferOp buffer : getBody().getOps<BufferOp>()) {
    int64_t end = int64_t(buffer.getOffset()) + bytesOf(buffer);
    bool inArena = buffer.getSpace() == Space::arena;
    int64_t limit = inArena ? getArena() : buffer.getSpace() == Space::weights ? getWeights() : end;
    if (end > limit || int64_t(buffer.getOffset()) < 0)
      return buffer.emitOpError("S1: ends at byte ") << end << " of a space of " << limit;
    if (inArena)
      arena.push_back(buffer);
  }
  auto lives = lifetimes(*this);
  if (failed(lives))
    return failure();
  for (size_t i = 0; i < arena.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      BufferOp a = arena[i], b = arena[j];
      Lifetime la = lives->lookup(a), lb = lives->lookup(b);
      bool together = la.begin <= lb.end && lb.begin <= la.end;
      int64_t ao = a.getOffset(), bo = b.getOffset();
      if (together && ao < bo + bytesOf(b) && bo < ao + bytesOf(a))
        return a.emitOpError("S3: shares memory with a buffer that is alive at the same time");
    }
  return success();
}

LogicalResult BufferOp::verify() {
  bool external = getSpace() == Space::input || getSpace() == Space::output;
  if (external != getIndex().has_value())
    return emitOpError("S1: exactly inputs and outputs have an index");
  if ((getSpace() == Space::weights) != getValue().has_value())
    return emitOpError("S1: exactly weights have a value");
  if (external && getOffset() != 0)
    return emitOpError("S1: the caller's memory has no offset");
  return success();
}

LogicalResult ViewOp::verify() {
  if (byteSize(getSource().getType().getTensor()) != byteSize(getType().getTensor()))
    return emitOpError("S1: a view has as many bytes as its source");
  return success();
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel = symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError("K2: there is no kernel @") << getKernel();
  auto fits = [](ValueRange buffers, ArrayRef<Type> types) {
    return llvm::equal(buffers, types, [](Value b, Type t) {
      return cast<BufferType>(b.getType()).getTensor() == t;
    });
  };
  if (!fits(getReads(), kernel.getArgumentTypes()) || !fits(getWrites(), kernel.getResultTypes()))
    return emitOpError("K2: buffers differ from the types of kernel @") << getKernel();
  return success();
}
