// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One handler for each ONNX operator, and the table of them.

#ifndef SNC_FRONTEND_OPERATORS_H
#define SNC_FRONTEND_OPERATORS_H

#include "frontend/NodeView.h"

namespace snc {

mlir::LogicalResult importAbs(NodeView &n);
mlir::LogicalResult importAdd(NodeView &n);
mlir::LogicalResult importAnd(NodeView &n);
mlir::LogicalResult importArgMax(NodeView &n);
mlir::LogicalResult importArgMin(NodeView &n);
mlir::LogicalResult importAveragePool(NodeView &n);
mlir::LogicalResult importBatchNorm(NodeView &n);
mlir::LogicalResult importCast(NodeView &n);
mlir::LogicalResult importCastLike(NodeView &n);
mlir::LogicalResult importCeil(NodeView &n);
mlir::LogicalResult importCelu(NodeView &n);
mlir::LogicalResult importClip(NodeView &n);
mlir::LogicalResult importConcat(NodeView &n);
mlir::LogicalResult importConstant(NodeView &n);
mlir::LogicalResult importConstantOfShape(NodeView &n);
mlir::LogicalResult importConv(NodeView &n);
mlir::LogicalResult importConvTranspose(NodeView &n);
mlir::LogicalResult importCos(NodeView &n);
mlir::LogicalResult importDepthToSpace(NodeView &n);
mlir::LogicalResult importDiv(NodeView &n);
mlir::LogicalResult importDropout(NodeView &n);
mlir::LogicalResult importElu(NodeView &n);
mlir::LogicalResult importEqual(NodeView &n);
mlir::LogicalResult importErf(NodeView &n);
mlir::LogicalResult importExp(NodeView &n);
mlir::LogicalResult importExpand(NodeView &n);
mlir::LogicalResult importFlatten(NodeView &n);
mlir::LogicalResult importFloor(NodeView &n);
mlir::LogicalResult importGather(NodeView &n);
mlir::LogicalResult importGelu(NodeView &n);
mlir::LogicalResult importGemm(NodeView &n);
mlir::LogicalResult importGlobalAveragePool(NodeView &n);
mlir::LogicalResult importGlobalLpPool(NodeView &n);
mlir::LogicalResult importGlobalMaxPool(NodeView &n);
mlir::LogicalResult importGreater(NodeView &n);
mlir::LogicalResult importGreaterOrEqual(NodeView &n);
mlir::LogicalResult importGroupNorm(NodeView &n);
mlir::LogicalResult importHardSigmoid(NodeView &n);
mlir::LogicalResult importHardSwish(NodeView &n);
mlir::LogicalResult importHardmax(NodeView &n);
mlir::LogicalResult importIdentity(NodeView &n);
mlir::LogicalResult importInstanceNorm(NodeView &n);
mlir::LogicalResult importLayerNorm(NodeView &n);
mlir::LogicalResult importLeakyRelu(NodeView &n);
mlir::LogicalResult importLess(NodeView &n);
mlir::LogicalResult importLessOrEqual(NodeView &n);
mlir::LogicalResult importLog(NodeView &n);
mlir::LogicalResult importLogSoftmax(NodeView &n);
mlir::LogicalResult importLpNormalization(NodeView &n);
mlir::LogicalResult importLrn(NodeView &n);
mlir::LogicalResult importMatMul(NodeView &n);
mlir::LogicalResult importMax(NodeView &n);
mlir::LogicalResult importMaxPool(NodeView &n);
mlir::LogicalResult importMean(NodeView &n);
mlir::LogicalResult importMeanVarianceNorm(NodeView &n);
mlir::LogicalResult importMin(NodeView &n);
mlir::LogicalResult importMish(NodeView &n);
mlir::LogicalResult importMul(NodeView &n);
mlir::LogicalResult importNeg(NodeView &n);
mlir::LogicalResult importNot(NodeView &n);
mlir::LogicalResult importOr(NodeView &n);
mlir::LogicalResult importPRelu(NodeView &n);
mlir::LogicalResult importPad(NodeView &n);
mlir::LogicalResult importPow(NodeView &n);
mlir::LogicalResult importReciprocal(NodeView &n);
mlir::LogicalResult importReduceL1(NodeView &n);
mlir::LogicalResult importReduceL2(NodeView &n);
mlir::LogicalResult importReduceLogSum(NodeView &n);
mlir::LogicalResult importReduceLogSumExp(NodeView &n);
mlir::LogicalResult importReduceMax(NodeView &n);
mlir::LogicalResult importReduceMean(NodeView &n);
mlir::LogicalResult importReduceMin(NodeView &n);
mlir::LogicalResult importReduceProd(NodeView &n);
mlir::LogicalResult importReduceSum(NodeView &n);
mlir::LogicalResult importReduceSumSquare(NodeView &n);
mlir::LogicalResult importRelu(NodeView &n);
mlir::LogicalResult importReshape(NodeView &n);
mlir::LogicalResult importResize(NodeView &n);
mlir::LogicalResult importRound(NodeView &n);
mlir::LogicalResult importSelu(NodeView &n);
mlir::LogicalResult importShape(NodeView &n);
mlir::LogicalResult importSigmoid(NodeView &n);
mlir::LogicalResult importSign(NodeView &n);
mlir::LogicalResult importSin(NodeView &n);
mlir::LogicalResult importSlice(NodeView &n);
mlir::LogicalResult importSoftmax(NodeView &n);
mlir::LogicalResult importSoftplus(NodeView &n);
mlir::LogicalResult importSoftsign(NodeView &n);
mlir::LogicalResult importSpaceToDepth(NodeView &n);
mlir::LogicalResult importSplit(NodeView &n);
mlir::LogicalResult importSqrt(NodeView &n);
mlir::LogicalResult importSqueeze(NodeView &n);
mlir::LogicalResult importSub(NodeView &n);
mlir::LogicalResult importSum(NodeView &n);
mlir::LogicalResult importTanh(NodeView &n);
mlir::LogicalResult importThresholdedRelu(NodeView &n);
mlir::LogicalResult importTile(NodeView &n);
mlir::LogicalResult importTranspose(NodeView &n);
mlir::LogicalResult importUnsqueeze(NodeView &n);
mlir::LogicalResult importUpsample(NodeView &n);
mlir::LogicalResult importWhere(NodeView &n);
mlir::LogicalResult importXor(NodeView &n);

/// The handler of an operator of the standard domain; null for an unknown one.
Handler findHandler(llvm::StringRef op);

/// Computes the node at compile time when it is shape arithmetic: its operands are
/// known numbers. True when it has set the results.
bool foldShapeArithmetic(NodeView &n);

/// A slice of one dimension as ONNX resolves it: clamped, negative from the end.
struct SliceRange {
  int64_t start, size;
};
SliceRange resolveSlice(int64_t start, int64_t end, int64_t step, int64_t extent);

} // namespace snc

#endif // SNC_FRONTEND_OPERATORS_H
