// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Channels copied between blocked tensors at any offset: concats of channels, and
// slices of them that are given blocks of their own. Within a block of either side
// neighbours stay neighbours, so whole runs of lanes move as one vector.

#include "codegen/lower/StoredHalf.h"

#include "ir/Layout.h"
#include "ir/Target.h"

using namespace mlir;

namespace snc {

namespace {
/// `length` lanes of `count` blocks, both sides' blocks `step` apart.
struct Run {
  int lane, block, fromLane, fromBlock, length, count = 1;
};

/// Channels [first, first + channels) of a tensor in blocks of `fromLanes`, to the
/// channels from `at` on of one in blocks of `lanes`, cut where a block ends.
std::vector<Run> runsOf(int first, int channels, int fromLanes, int at, int lanes) {
  std::vector<Run> runs;
  int period = std::max(lanes, fromLanes);
  for (int c = 0, length; c < channels; c += length) {
    int from = first + c, to = at + c;
    length = std::min({fromLanes - from % fromLanes, lanes - to % lanes, channels - c});
    Run run{to % lanes, to / lanes, from % fromLanes, from / fromLanes, length};
    auto same = llvm::find_if(runs, [&](const Run &r) {
      return r.lane == run.lane && r.fromLane == run.fromLane && r.length == length &&
             r.block + r.count * (period / lanes) == run.block &&
             r.fromBlock + r.count * (period / fromLanes) == run.fromBlock;
    });
    same == runs.end() ? runs.push_back(run) : void(++same->count);
  }
  return runs;
}

/// One update of `result` for each kind of run.
void copyRuns(const LoweredKernel &kernel, hl::Func result, const IndexSpace &space,
              TensorView input, int first, int channels, int at) {
  int lanes = int(space.coords.lanes), fromLanes = int(blockedLanes(input.type));
  int period = std::max(lanes, fromLanes);
  hl::Var x = space.vars[1], y = space.vars[2], n = space.vars[4];
  for (const Run &run : runsOf(first, channels, fromLanes, at, lanes)) {
    hl::RDom r(0, run.length, 0, run.count, "run");
    result(run.lane + r.x, x, y, run.block + r.y * (period / lanes), n) =
        stored(input.func(run.fromLane + r.x, x, y, run.fromBlock + r.y * (period / fromLanes), n),
               kernel.resultElement, kernel.device);
  }
}

bool isBlocked(Value v) {
  return blockedLanes(v.getType()) && cast<RankedTensorType>(v.getType()).getRank() == 4;
}

/// A slice of channels alone, all of every plane.
bool slicesChannels(SliceOp slice) {
  if (!slice || !isBlocked(slice.getInput()))
    return false;
  auto whole = cast<RankedTensorType>(slice.getInput().getType());
  for (unsigned d = 0; d < 4; ++d)
    if (slice.getSteps()[d] != 1 || (d != 1 && slice.getSizes()[d] != whole.getDimSize(d)))
      return false;
  return true;
}
} // namespace

bool copiesChannelRuns(Operation *op) {
  if (op->getNumResults() != 1 || !isBlocked(op->getResult(0)))
    return false;
  // On a GPU there is no memory for what is not the result.
  auto kernel = op->getParentOfType<KernelOp>();
  bool last = llvm::all_of(op->getUsers(), [](Operation *user) { return isa<YieldOp>(user); });
  if (!last && kernel && deviceOf(kernel) != Device::cpu)
    return false;
  if (auto concat = dyn_cast<ConcatOp>(op))
    return concat.getAxis() == 1 && llvm::all_of(concat.getInputs(), isBlocked);
  auto relayout = dyn_cast<RelayoutOp>(op);
  return relayout && slicesChannels(relayout.getInput().getDefiningOp<SliceOp>());
}

bool lowerChannelRuns(LoweredKernel &kernel, Operation *op) {
  if (!copiesChannelRuns(op))
    return false;
  RankedTensorType type = resultType(op);
  IndexSpace space = indexSpace(type);
  hl::Func result("channels");
  hl::Type element = typeOfUpdates(kernel, type.getElementType());
  result(space.vars) = hl::undef(element);
  int at = 0, lanes = int(blockedLanes(type)), channels = int(type.getDimSize(1));
  if (auto concat = dyn_cast<ConcatOp>(op)) {
    for (Value v : concat.getInputs()) {
      TensorView input = kernel.view(v);
      copyRuns(kernel, result, space, input, 0, int(input.dim(1)), at);
      at += int(input.dim(1));
    }
  } else {
    auto slice = op->getOperand(0).getDefiningOp<SliceOp>();
    copyRuns(kernel, result, space, kernel.view(slice.getInput()), int(slice.getStarts()[1]),
             channels, 0);
  }
  if (int padded = channels % lanes) { // K3
    hl::RDom r(0, lanes - padded, 0, 1, "padding");
    result(padded + r.x, space.vars[1], space.vars[2], channels / lanes + r.y, space.vars[4]) =
        hl::cast(element, 0);
  }
  kernel.values[op->getResult(0)] = {result, type};
  kernel.addStage({Stage::Kind::Update, op, result, {}, {}, {}, {}});
  return true;
}

} // namespace snc
