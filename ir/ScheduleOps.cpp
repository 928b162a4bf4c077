// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of the schedule level (docs/ir.md, S1 to S5).

#include "ir/Layout.h"
#include "ir/ProgramAccess.h"
#include "ir/Target.h"
#include "ir/Transfer.h"

using namespace mlir;
using namespace snc;

static int64_t bytesOf(BufferOp buffer) { return byteSize(buffer.getType().getTensor()); }

static bool isWeights(Space space) {
  return space == Space::weights || space == Space::device_weights;
}

static bool isOfDevice(Space space) {
  return space == Space::device_arena || space == Space::device_weights;
}

/// Bytes of a space that is not the caller's.
static int64_t sizeOf(ProgramOp program, Space space) {
  if (isOfDevice(space))
    return int64_t(space == Space::device_arena ? program.getDeviceArena()
                                                : program.getDeviceWeights());
  return int64_t(space == Space::arena ? program.getArena() : program.getWeights());
}

/// S2: what is read was written before, in program order.
static LogicalResult checkWritten(const ProgramAccess &program) {
  llvm::DenseMap<BufferOp, SmallVector<Footprint>> written;
  for (const Access &access : program.accesses) {
    BufferOp root = access.root;
    CallOp call = program.calls[size_t(access.call)];
    bool given = isWeights(root.getSpace()) || root.getSpace() == Space::input;
    if (access.writes && given)
      return call.emitOpError("S2: writes to weights or to an input");
    if (access.writes)
      written[root].push_back(access.bytes);
    else if (!given && llvm::none_of(written[root], [&](const Footprint &bytes) {
               return bytes.overlaps(access.bytes);
             }))
      return call.emitOpError("S2: reads a buffer that nothing has written");
  }
  return success();
}

/// S3 within a call: kernels may write in any order, before they have read all.
static LogicalResult checkOperands(const ProgramAccess &program) {
  for (const Access &a : program.accesses)
    for (const Access &b : program.accesses)
      if (&a != &b && a.writes && a.call == b.call && a.root == b.root && a.bytes.overlaps(b.bytes))
        return CallOp(program.calls[size_t(a.call)])
            .emitOpError("S3: another operand shares bytes that it writes");
  return success();
}

/// After the operators inside.
LogicalResult ProgramOp::verifyRegions() {
  if (getBody().getNumArguments() != 0)
    return emitOpError("S1: a program has no arguments but its buffers");
  for (BufferOp buffer : getBody().getOps<BufferOp>()) {
    int64_t begin = int64_t(buffer.getOffset()), bytes = bytesOf(buffer);
    bool external = buffer.getSpace() == Space::input || buffer.getSpace() == Space::output;
    int64_t limit = external ? 0 : sizeOf(*this, buffer.getSpace());
    if (isOfDevice(buffer.getSpace()) && begin % kDeviceAlignment)
      return buffer.emitOpError("S1: is not aligned for a GPU, at byte ") << begin;
    if (!external && (begin < 0 || begin > limit - bytes))
      return buffer.emitOpError("S1: ends at byte ")
             << uint64_t(begin) + uint64_t(bytes) << " of a space of " << limit;
  }
  FailureOr<ProgramAccess> program = ProgramAccess::of(*this);
  if (failed(program) || failed(checkWritten(*program)) || failed(checkOperands(*program)))
    return failure();
  std::string broken = brokenOrder(*program, CallOrder(program->units, program->events));
  if (!broken.empty())
    return emitOpError(broken);
  for (auto [i, wait] : llvm::enumerate(program->waits)) {
    std::vector<CallEvent> others = program->events;
    others.erase(others.begin() + int64_t(i));
    if (brokenOrder(*program, CallOrder(program->units, others)).empty())
      return wait.emitOpError("S5: nothing is lost without this wait");
  }
  return success();
}

LogicalResult BufferOp::verify() {
  bool external = getSpace() == Space::input || getSpace() == Space::output;
  if (external != getIndex().has_value())
    return emitOpError("S1: exactly inputs and outputs have an index");
  if (isWeights(getSpace()) != getValue().has_value())
    return emitOpError("S1: exactly weights have a value");
  if (external && getOffset() != 0)
    return emitOpError("S1: the caller's memory has no offset");
  return success();
}

LogicalResult ViewOp::verify() {
  int64_t begin = int64_t(getOffset().value_or(0));
  int64_t limit = byteSize(getSource().getType().getTensor());
  if (begin < 0 || begin > limit)
    return emitOpError("S1: a view begins at byte ") << begin << " of a source of " << limit;
  int64_t end = begin + byteSize(getType().getTensor());
  if (end > limit || (!getOffset() && end != limit))
    return emitOpError("S1: a view ends at byte ") << end << " of a source of " << limit;
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
  auto [readsDevice, writesDevice] = placesOf(kernel);
  for (auto [buffers, device] :
       {std::pair(ValueRange(getReads()), readsDevice), {getWrites(), writesDevice}})
    for (Value v : buffers)
      if (BufferOp root = rootOf(v).first; root && isOfDevice(root.getSpace()) != device)
        return emitOpError("S7: kernel @")
               << getKernel() << " cannot use memory of the " << (device ? "host" : "GPU");
  return success();
}
