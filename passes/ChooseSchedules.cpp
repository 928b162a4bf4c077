// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Picks each kernel's schedule from a small model of the vector unit: two fused
// multiply-adds and two loads a cycle, a latency of four cycles, and as many
// accumulators as fit into the registers.

#include "ir/Layout.h"
#include "ir/Target.h"
#include "mlir/IR/Builders.h"
#include "passes/SchedulePasses.h"

namespace snc {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "passes/SchedulePasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
struct Tile {
  int64_t pixels = 1, rows = 1;
};

/// Cycles an input channel costs for a whole row of `width` pixels and `blocks`
/// output blocks, `vectors` registers a block.
double tileCycles(Tile t, int64_t width, int64_t blocks, int64_t vectors) {
  double fma = double(vectors * t.rows * t.pixels) / 2;
  double loads = double(vectors * t.rows + t.pixels) / 2;
  double cycles = std::max({fma, loads, 4.0});
  return cycles * double(llvm::divideCeil(width, t.pixels)) * double(blocks / t.rows);
}

/// The tile with the fewest cycles; of equals the one with more accumulators, whose
/// slack hides what the model leaves out. Six registers stay for weights and
/// broadcasts: with fewer the compiler spills.
Tile chooseTile(int64_t width, int64_t blocks, int64_t vectors, const Target &target) {
  int64_t room = target.registers - 6;
  Tile best;
  double least = std::numeric_limits<double>::infinity();
  for (int64_t rows = 1; rows <= 8; ++rows) {
    if (blocks % rows)
      continue;
    for (int64_t pixels = 1; pixels <= std::min<int64_t>(width, 16); ++pixels) {
      if (vectors * rows * pixels > std::max(room, vectors))
        break;
      double cycles = tileCycles({pixels, rows}, width, blocks, vectors);
      bool larger = rows * pixels > best.rows * best.pixels;
      if (cycles < least * 0.98 || (cycles <= least * 1.02 && larger)) {
        best = {pixels, rows};
        least = std::min(least, cycles);
      }
    }
  }
  return best;
}

class Chooser {
public:
  Chooser(MLIRContext *context, const Target &target, int64_t threads)
      : context(context), target(target), threads(threads) {}

  ScheduleAttr choose(KernelOp kernel) {
    for (Operation &op : kernel.getBody().front()) {
      if (auto conv = dyn_cast<ConvOp>(op))
        if (ScheduleAttr schedule = chooseConv(conv))
          return schedule;
      if (auto gemm = dyn_cast<GemmOp>(op))
        return chooseGemm(gemm);
    }
    return make("generic", {{"strips", threads}});
  }

private:
  using Params = ArrayRef<std::pair<StringRef, int64_t>>;
  ScheduleAttr make(StringRef kind, Params params) {
    Builder builder(context);
    SmallVector<NamedAttribute> list;
    for (auto [name, value] : params)
      list.push_back(builder.getNamedAttr(name, builder.getI64IntegerAttr(value)));
    return ScheduleAttr::get(context, kind, builder.getDictionaryAttr(list));
  }

  ScheduleAttr chooseConv(ConvOp conv);
  ScheduleAttr chooseDepthwise(ConvOp conv, int64_t lanes);
  ScheduleAttr chooseGemm(GemmOp gemm);

  /// Registers that one channel block takes.
  int64_t vectorsOf(int64_t lanes) { return std::max<int64_t>(1, lanes / target.vectorLanes); }

  MLIRContext *context;
  const Target &target;
  int64_t threads;
};

ScheduleAttr Chooser::chooseDepthwise(ConvOp conv, int64_t lanes) {
  auto out = conv.getType().getShape(),
       weight = cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  int64_t taps = weight[2] * weight[3], blocks = llvm::divideCeil(out[1], lanes);
  int64_t vectors = vectorsOf(lanes);
  int64_t most =
      std::max<int64_t>(1, std::min<int64_t>((target.registers - 6) / vectors, 400 / taps));
  int64_t pixels = std::min<int64_t>(out[3], std::min<int64_t>(most, 8));
  for (int64_t p = pixels; p >= std::max<int64_t>(2, pixels / 2); --p)
    if (out[3] % p == 0) {
      pixels = p;
      break;
    }
  // Narrow planes would spend their time on the border's conditions.
  bool padBlock = out[3] < 4 * pixels;
  bool byRows = blocks % threads != 0 && out[2] >= 2 * threads;
  return make(
      "depthwise",
      {{"pixels", pixels}, {"strips", threads}, {"by_rows", byRows}, {"pad_block", padBlock}});
}

ScheduleAttr Chooser::chooseConv(ConvOp conv) {
  int64_t lanes = blockedLanes(conv.getType()),
          inputLanes = blockedLanes(conv.getInput().getType());
  if (!lanes)
    return {};
  if (conv.isDepthwise())
    return inputLanes == lanes ? chooseDepthwise(conv, lanes) : ScheduleAttr();
  if (conv.getGroup() != 1 || conv.getWeight().getDefiningOp())
    return {};
  auto out = conv.getType().getShape();
  auto weight = cast<RankedTensorType>(conv.getWeight().getType());
  int64_t blocks = llvm::divideCeil(out[1], lanes);
  Tile tile = chooseTile(out[3], blocks, vectorsOf(lanes), target);
  // A panel of weights stays in the first cache over the whole plane, or the
  // plane's row over all panels: whichever is the larger stream is walked once.
  bool large = weight.getNumElements() * 4 > 64 * 1024;
  bool channelsOuter = out[2] * out[3] <= 28 * 28 && large;
  int64_t panels = blocks / tile.rows;
  if (threads > 1 && channelsOuter && panels % threads && out[2] >= 2 * threads)
    channelsOuter = false;
  if (threads > 1 && !channelsOuter && out[2] < threads)
    channelsOuter = true;
  // Panels come from memory one by one: the next on its way while one is computed.
  return make("conv", {{"pixels", tile.pixels},
                       {"rows", tile.rows},
                       {"strips", threads},
                       {"channels_outer", channelsOuter},
                       {"prefetch", channelsOuter && panels > 1}});
}

ScheduleAttr Chooser::chooseGemm(GemmOp gemm) {
  auto out = gemm.getType().getShape();
  // Eight accumulators hide the latency; one row of them for a vector, several
  // rows of fewer for a matrix.
  int64_t columns = out[0] >= 4 ? 4 : target.registers >= 32 ? 8 : 6;
  int64_t rows = out[0] >= 4 ? std::min<int64_t>(out[0], target.registers >= 32 ? 6 : 3) : 1;
  int64_t lanes = columns * target.vectorLanes;
  lanes = std::min(lanes, int64_t(llvm::alignTo(out[1], uint64_t(target.vectorLanes))));
  return make("gemm", {{"lanes", lanes}, {"rows", rows}, {"strips", threads}});
}

struct ChooseSchedules final : snc::impl::ChooseSchedulesBase<ChooseSchedules> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (KernelOp kernel : module.getOps<KernelOp>())
      kernel.setScheduleAttr(
          Chooser(module.getContext(), targetOf(module), threadsOf(kernel)).choose(kernel));
  }
};
} // namespace
