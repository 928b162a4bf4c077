// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights are kernel arguments; packing one changes the type of the argument and
// of the constant behind it. Safe because a kernel has one launch until equal
// kernels are joined, and a constant with several users is copied.

#include "ir/Layout.h"
#include "mlir/IR/Builders.h"
#include "passes/SchedulePasses.h"

namespace snc {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "passes/SchedulePasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
class Packer {
public:
  Packer(KernelOp kernel, LaunchOp launch) : kernel(kernel), launch(launch) {}

  void run() {
    ScheduleAttr schedule = kernel.getScheduleAttr();
    for (Operation &op : kernel.getBody().front()) {
      if (auto conv = dyn_cast<ConvOp>(op))
        packConv(conv, schedule);
      if (auto gemm = dyn_cast<GemmOp>(op); gemm && family(schedule) == "gemm")
        packGemm(gemm, schedule);
    }
    SmallVector<Type> types(kernel.getBody().getArgumentTypes());
    kernel.setFunctionType(FunctionType::get(kernel.getContext(), types, kernel.getResultTypes()));
  }

private:
  /// GPUs take weights in the same order.
  static StringRef family(ScheduleAttr schedule) {
    StringRef kind = schedule.getKind();
    kind.consume_front("gpu_");
    return kind;
  }

  void packConv(ConvOp conv, ScheduleAttr schedule) {
    int64_t lanes = blockedLanes(conv.getType());
    StringRef family = this->family(schedule);
    if (!lanes || !llvm::is_contained({"conv", "winograd", "depthwise", "fused"}, family))
      return;
    int64_t inputLanes = std::max<int64_t>(1, blockedLanes(conv.getInput().getType()));
    bool depthwise = conv.isDepthwise();
    StringRef kind = depthwise ? "depthwise" : family == "fused" ? "conv" : family;
    // Of a fused kernel, the convolution that reads its operand comes first.
    bool expands = family == "fused" && !conv.getInput().getDefiningOp();
    int64_t rows = depthwise ? 1 : schedule.get(expands ? "expand_rows" : "rows", 1);
    bool packed = pack(conv.getWeight(), PackedAttr::get(kernel.getContext(), kind, lanes, rows,
                                                         depthwise ? 1 : inputLanes, 1, false));
    if (packed && conv.getBias())
      pack(conv.getBias(), BlockedAttr::get(kernel.getContext(), lanes));
  }

  void packGemm(GemmOp gemm, ScheduleAttr schedule) {
    pack(gemm.getB(), PackedAttr::get(kernel.getContext(), "panel", schedule.get("lanes", 16), 1, 1,
                                      1, gemm.getTransB()));
  }

  /// True when `inKernel` was an argument bound to a constant, and now has the layout.
  bool pack(Value inKernel, Attribute layout) {
    auto argument = dyn_cast<BlockArgument>(inKernel);
    OpOperand *operand = argument ? &launch.getInputsMutable()[argument.getArgNumber()] : nullptr;
    auto constant = operand ? operand->get().getDefiningOp<ConstantOp>() : ConstantOp();
    auto type = cast<RankedTensorType>(inKernel.getType());
    if (!constant || type.getEncoding() || !inKernel.hasOneUse())
      return false;
    if (!constant->hasOneUse()) {
      OpBuilder builder(constant);
      constant = cast<ConstantOp>(builder.clone(*constant));
      operand->set(constant);
    }
    inKernel.setType(withLayout(type, layout));
    constant.getResult().setType(withLayout(type, layout));
    return true;
  }

  KernelOp kernel;
  LaunchOp launch;
};

struct PackWeights final : snc::impl::PackWeightsBase<PackWeights> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    getOperation().walk([&](LaunchOp launch) {
      auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
      if (kernel && kernel.getScheduleAttr())
        Packer(kernel, launch).run();
    });
  }
};
} // namespace
