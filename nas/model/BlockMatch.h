// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inverted residuals found in the tensor level; private to BaseModel.

#ifndef SNC_NAS_MODEL_BLOCKMATCH_H
#define SNC_NAS_MODEL_BLOCKMATCH_H

#include "nas/model/LayerMatch.h"

namespace snc {

struct MatchedBlock {
  std::optional<MatchedConv> expand;
  MatchedConv depthwise;
  std::optional<MatchedGate> gate;
  std::string lateAct; ///< behind the gate, where depthwise.act is empty; of torch.nn
  MatchedConv project;
};

/// The block that begins with `first`, without its shortcut. Emits one diagnostic where there is
/// none.
mlir::FailureOr<MatchedBlock> matchBlock(const MatchedConv &first);

/// What is behind a block.
struct MatchedShortcut {
  mlir::Operation *sum = nullptr; ///< null: there is no shortcut
  bool partial = false;           ///< to the first of more channels
  mlir::Value result;             ///< of the block with its shortcut
};

/// The shortcut from `before`, the block's input, around `project`, its result. One to some of the
/// channels adds the input with zeros behind it (Pad), or is added to a slice that is then
/// concatenated with the rest.
MatchedShortcut matchShortcut(mlir::Value before, mlir::Value project);

/// True where `op` reads a block's input for a shortcut: a sum, or Pad in front of one.
bool beginsShortcut(mlir::Operation *op);

} // namespace snc

#endif // SNC_NAS_MODEL_BLOCKMATCH_H
