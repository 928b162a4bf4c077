// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network of inverted residuals in numbers, base or branched, as SyncNAS's configuration files
// describe it (Kang et al., LCTES 2023): a stem convolution, stages of MBConv blocks that one or
// more branches compute beside each other, a head convolution, a classifier.

#ifndef SNC_NAS_STAGEDNETWORK_H
#define SNC_NAS_STAGEDNETWORK_H

#include "nlohmann/json_fwd.hpp"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace snc {

/// A convolution with batch normalisation and activation, padded by kernel / 2.
struct ConvSpec {
  int64_t inChannels = 0, outChannels = 0, kernel = 1, stride = 1;
  bool operator==(const ConvSpec &) const = default;
};

/// An inverted residual (MBConv): 1x1 expansion, depthwise convolution, perhaps squeeze and
/// excitation, 1x1 projection without activation; no expansion where it would not change the
/// number of channels, and a shortcut around where the shape stays. ReXNet's linear bottleneck
/// (Han et al., CVPR 2021) is one of a late activation, and of a partial shortcut.
struct BlockSpec {
  int64_t inSize = 0; ///< edge of its square input, in pixels
  int64_t stride = 1;
  int64_t inChannels = 0, expanded = 0, outChannels = 0;
  /// Of the depthwise convolution; several: groups of the expanded channels, about even, the
  /// first has what is left over (MixConv: Tan and Le, BMVC 2019).
  llvm::SmallVector<int64_t, 4> kernels{3};
  int64_t squeezed = 0; ///< channels inside squeeze and excitation; 0: there is none
  std::string act;      ///< empty: the network's
  /// In front of the projection, behind the gate; the depthwise convolution then has none. Empty:
  /// `act`, between depthwise convolution and gate.
  std::string lateAct;
  std::string gateAct; ///< behind the gate's squeezing convolution; empty: as gateOf says
  /// Groups of the 1x1 convolutions, which each read their part of the channels (MixNet's halves).
  int64_t expandGroups = 1, projectGroups = 1;
  /// The input may be added to the first of more output channels.
  bool partialShortcut = false;
  bool operator==(const BlockSpec &) const = default;

  bool expands() const { return expanded != inChannels; }
  /// At stride 1 where the channels stay, or with partialShortcut become more. Where they become
  /// fewer, as in a branch that is to be concatenated, there is none.
  bool hasShortcut() const {
    return stride == 1 && (inChannels == outChannels || (partialShortcut && addedChannels() > 0));
  }
  /// Output channels that a shortcut does not reach.
  int64_t addedChannels() const { return outChannels - inChannels; }
  int64_t outSize() const { return (inSize + stride - 1) / stride; }
  /// Of the expanded channels, so that each reads one group of inputs, and one of outputs reads it.
  int64_t expandedGroups() const { return std::lcm(expandGroups, projectGroups); }
  /// Expanded channels that go through kernels[index].
  int64_t kernelChannels(size_t index) const;
};

/// What is in a squeeze-and-excitation gate.
struct GateSpec {
  std::string act; ///< behind the squeezing convolution
  bool hard;       ///< HardSigmoid at the end, else Sigmoid
};

/// What is behind a stage.
enum class SyncKind : char {
  none = 'n',   ///< each branch goes on with its own result
  add = 'a',    ///< all go on with the sum
  concat = 'c', ///< all go on with the branches' channels one after the other
};

struct StageSpec {
  std::vector<std::vector<BlockSpec>> branches; ///< one: not branched
  SyncKind sync = SyncKind::none;
  bool operator==(const StageSpec &) const = default;
};

struct StagedNetwork {
  std::string name, act; ///< act: of torch.nn, "ReLU6"
  ConvSpec stem, head;
  double bnMomentum = 0.1, bnEpsilon = 1e-5;
  int64_t classes = 1000;
  /// Features of a fully connected layer, with `act`, between pool and classifier (MobileNetV3);
  /// 0: there is none.
  int64_t hidden = 0;
  std::vector<StageSpec> stages;
  bool operator==(const StagedNetwork &) const = default;

  size_t branches() const { return stages.empty() ? 0 : stages.front().branches.size(); }
  bool isBranched() const { return branches() > 1; }
  /// The block's own activation, or the network's.
  const std::string &actOf(const BlockSpec &block) const {
    return block.act.empty() ? act : block.act;
  }
  /// Where the network or the block has Hardswish, as in MobileNetV3: ReLU and HardSigmoid.
  /// Else as in EfficientNet: the block's activation and Sigmoid. The block's gateAct, where it
  /// has one, is instead of that activation.
  GateSpec gateOf(const BlockSpec &block) const;
  /// What the classifier reads.
  int64_t features() const { return hidden ? hidden : head.outChannels; }
  /// Edge of the network's square input, in pixels.
  int64_t inSize() const;
  /// The joined output channels of a stage.
  int64_t channelsAfter(size_t stage) const;

  /// Multiply-adds of one picture, without biases; trainable parameters, those of batch
  /// normalisations (two a channel) among them.
  int64_t macs() const;
  int64_t parameters() const;

  /// Checks the rules below; the error names stage, branch and block.
  /// N1 All numbers are at least 1, at most 65,536; strides at most 16; kernels are odd and at
  ///    most 31.
  /// N2 There are at most 64 stages, each has at most 64 blocks a branch, at least one, and
  ///    all have equally many branches, at most 16.
  /// N3 A block reads what the one before it, or the join behind the stage before, leaves:
  ///    its size and channels.
  /// N4 Branches of a stage leave equal sizes; where they are added, equal channels.
  /// N5 Behind the last stage of a branched network there is a sync; one branch has none.
  /// N6 Activations are ReLU, ReLU6, Hardswish or SiLU; only a block with a gate names the
  ///    gate's. Batch normalisations have an epsilon above 0 and a momentum of 0 to 1.
  /// N7 Groups of a 1x1 convolution, at most 64, divide the channels that it reads and leaves, and
  ///    read two or more each.
  /// N8 There are at most 500 million parameters, which an ONNX file can hold.
  llvm::Error verify() const;
};

/// SyncNAS's form: "0", "1", ... hold the stages, a block is [in_size, kernel, stride, in_c, exp_c,
/// out_c]. Additions, written only where they differ from what SyncNAS has: "classes", "hidden",
/// and a seventh element of blocks, {"se": 16, "act": "Hardswish", "kernels": [3, 5], "late_act":
/// "ReLU6", "se_act": "ReLU", "shortcut": "partial", "groups_pw": [2, 1]}.
nlohmann::json toJson(const StagedNetwork &network);

/// The network that `json` holds, verified. Members that are not known are left alone.
llvm::Expected<StagedNetwork> stagedNetworkFromJson(const nlohmann::json &json);
/// The same from a file; errors begin with its path.
llvm::Expected<StagedNetwork> readStagedNetwork(llvm::StringRef path);

} // namespace snc

#endif // SNC_NAS_STAGEDNETWORK_H
