// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of operators.

#include "frontend/Operators.h"

#include "llvm/ADT/StringMap.h"

namespace snc {

Handler findHandler(llvm::StringRef op) {
  static const llvm::StringMap<Handler> table = {
      // keep-sorted start
      {"Abs", importAbs},
      {"Add", importAdd},
      {"ArgMax", importArgMax},
      {"AveragePool", importAveragePool},
      {"BatchNormalization", importBatchNorm},
      {"Cast", importCast},
      {"Clip", importClip},
      {"Concat", importConcat},
      {"Constant", importConstant},
      {"ConstantOfShape", importConstantOfShape},
      {"Conv", importConv},
      {"ConvTranspose", importConvTranspose},
      {"DepthToSpace", importDepthToSpace},
      {"Div", importDiv},
      {"Dropout", importDropout},
      {"Elu", importElu},
      {"Exp", importExp},
      {"Expand", importExpand},
      {"Flatten", importFlatten},
      {"Gather", importGather},
      {"Gemm", importGemm},
      {"GlobalAveragePool", importGlobalAveragePool},
      {"GlobalMaxPool", importGlobalMaxPool},
      {"HardSigmoid", importHardSigmoid},
      {"HardSwish", importHardSwish},
      {"Identity", importIdentity},
      {"InstanceNormalization", importInstanceNorm},
      {"LRN", importLrn},
      {"LeakyRelu", importLeakyRelu},
      {"Log", importLog},
      {"LogSoftmax", importLogSoftmax},
      {"MatMul", importMatMul},
      {"Max", importMax},
      {"MaxPool", importMaxPool},
      {"Min", importMin},
      {"Mul", importMul},
      {"Neg", importNeg},
      {"PRelu", importPRelu},
      {"Pad", importPad},
      {"Pow", importPow},
      {"ReduceMax", importReduceMax},
      {"ReduceMean", importReduceMean},
      {"ReduceMin", importReduceMin},
      {"ReduceSum", importReduceSum},
      {"Relu", importRelu},
      {"Reshape", importReshape},
      {"Resize", importResize},
      {"Selu", importSelu},
      {"Shape", importShape},
      {"Sigmoid", importSigmoid},
      {"Slice", importSlice},
      {"Softmax", importSoftmax},
      {"SpaceToDepth", importSpaceToDepth},
      {"Split", importSplit},
      {"Sqrt", importSqrt},
      {"Squeeze", importSqueeze},
      {"Sub", importSub},
      {"Tanh", importTanh},
      {"Transpose", importTranspose},
      {"Unsqueeze", importUnsqueeze},
      {"Upsample", importUpsample},
      // keep-sorted end
  };
  return table.lookup(op);
}

} // namespace snc
