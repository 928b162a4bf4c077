// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layers of staged networks found in the tensor level, whose batch normalisations stand unfolded;
// private to BaseModel.

#ifndef SNC_NAS_MODEL_LAYERMATCH_H
#define SNC_NAS_MODEL_LAYERMATCH_H

#include "ir/SncOps.h"
#include "nas/NetworkParameters.h"

namespace snc {

/// A convolution with the batch normalisation and the activation behind it.
struct MatchedConv {
  /// Several: each convolves its own slice of the channels, and they are concatenated.
  llvm::SmallVector<ConvOp, 4> convs;
  BatchNormOp norm; ///< may be null
  std::string act;  ///< of torch.nn; empty: none
  mlir::Value result;

  mlir::Operation *op() const { return convs.front(); }
  int64_t kernel(size_t index) const;
  int64_t stride() const;
  int64_t inChannels() const, outChannels() const;
  /// A filter for each channel. Of one channel a convolution may be this and pointwise.
  bool isDepthwise() const;
  /// 1x1 at stride 1, without groups.
  bool isPointwise() const;
  /// Of a pointwise one: convolutions of slices that are equally large; 1 where they are not.
  int64_t groups() const;
};

/// A squeeze-and-excitation gate.
struct MatchedGate {
  ConvOp reduce, expand;
  BatchNormOp norm; ///< behind `reduce`; may be null
  std::string act;  ///< behind `reduce`
  bool hard;        ///< HardSigmoid behind `expand`, else Sigmoid
  mlir::Value result;
};

/// What alone reads `value`; null for none or several.
mlir::Operation *soleUser(mlir::Value value);

/// True for a mean over height and width.
bool isGlobalPool(mlir::Operation *op);

/// torch.nn's name of the activation `op`; empty where it is none of a staged network's.
std::string activationOf(mlir::Operation *op);

/// Says at `op` why it is in no staged network.
mlir::InFlightDiagnostic refuse(mlir::Operation *op);

/// The convolution that reads `x`, beside a shortcut where `mayAdd`. Emits one diagnostic where
/// there is none, or where its padding, dilation or shape is no staged network's.
mlir::FailureOr<MatchedConv> matchConv(mlir::Value x, bool mayAdd);

/// The gate that `x` goes through; none: no result and no diagnostic.
mlir::FailureOr<std::optional<MatchedGate>> matchGate(mlir::Value x);

/// Writes weights and normalisation of a layer, under the names that `module` has in
/// parametersOf. The bias of a convolution goes into the normalisation; where there is none, one
/// is made that only adds it: mean 0, variance 1 - `epsilon`, scale 1. Normalisations of another
/// epsilon than the network's are scaled. Slices are written one by one where `depthwise`;
/// else one behind the other where they are groups, or as one convolution, zero in between. Emits a
/// diagnostic where a weight is computed.
mlir::LogicalResult putConv(const MatchedConv &conv, bool depthwise, const std::string &module,
                            double epsilon, NetworkWeights &weights);

/// The same for a convolution with bias, or without: zeros. A normalisation behind it is folded.
mlir::LogicalResult putBiased(ConvOp conv, const std::string &module, NetworkWeights &weights,
                              BatchNormOp norm = {});

/// The same for a fully connected layer; `outputs` become how many features it has.
mlir::LogicalResult putGemm(GemmOp gemm, const std::string &module, NetworkWeights &weights,
                            int64_t &outputs);

} // namespace snc

#endif // SNC_NAS_MODEL_LAYERMATCH_H
