// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel computes, in numbers that its latency depends on: the key by
// which measured latencies are found again for a kernel yet to be made.

#ifndef SNC_IR_KERNELSHAPE_H
#define SNC_IR_KERNELSHAPE_H

#include "ir/SncOps.h"

#include <array>
#include <optional>
#include <string>

namespace snc {

struct KernelShape {
  std::string op;                        ///< of the anchor, "conv"
  std::string epilogue;                  ///< the other operators, "+relu+add"
  llvm::SmallVector<int64_t, 4> in, out; ///< shapes of the anchor's operand 0 and of the result
  std::array<int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  int64_t group = 1;
  bool half = false; ///< operands or the result lie in memory as such (ir/HalfStorage.h)

  /// "conv 1x96x14x14 -> 1x576x14x14 k3x3 s1x1 d1x1 g1 +clamp", of
  /// stored halves with " fp16" behind: the same for kernels that differ in names, weights,
  /// pads and layouts alone.
  std::string signature() const;
  bool isDepthwise() const { return op == "conv" && group > 1 && group == in[1]; }
  bool isPointwise() const { return op == "conv" && group == 1 && kernel[0] * kernel[1] == 1; }
  /// More than one convolution: the other numbers are the first one's.
  bool isFused() const { return llvm::StringRef(epilogue).contains("+conv"); }
  int64_t outElements() const;
  int64_t inElements() const;
  int64_t weightElements() const;
  /// One multiply-add counts as two.
  double flops() const;
  /// Bytes read and written, weights included, each once.
  double bytes() const;
};

/// The dimension of a result of shape `out` along which its kernel is cut into `threads`
/// strips: 2, rows, where these come out about equal, so that most of what a strip reads was
/// computed by the same processor, and else 1, channels, in blocks of `lanes`.
int64_t stripAxis(llvm::ArrayRef<int64_t> out, int64_t threads, int64_t lanes);

/// The shape that a signature tells of; nullopt where it is none.
std::optional<KernelShape> shapeOfSignature(llvm::StringRef signature);

/// The shape of a group of operators: one that is not elementwise (the anchor),
/// or else the first, and the rest. Constants and relayouts do not count.
KernelShape shapeOf(llvm::ArrayRef<mlir::Operation *> ops);
KernelShape shapeOf(KernelOp kernel);

} // namespace snc

#endif // SNC_IR_KERNELSHAPE_H
