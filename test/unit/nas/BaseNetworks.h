// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Base networks that tests share.

#ifndef SNC_TEST_UNIT_NAS_BASENETWORKS_H
#define SNC_TEST_UNIT_NAS_BASENETWORKS_H

#include "nas/StagedNetwork.h"

namespace snc {

inline BlockSpec blockOf(int64_t size, int64_t stride, int64_t in, int64_t expanded, int64_t out) {
  BlockSpec block;
  block.inSize = size;
  block.stride = stride;
  block.inChannels = in;
  block.expanded = expanded;
  block.outChannels = out;
  return block;
}

/// MobileNetV2 1.0 of 224 pixels (Sandler et al., CVPR 2018, table 2); `t` is the expansion.
inline StagedNetwork mobileNetV2() {
  struct Row {
    int64_t t, channels, blocks, stride;
  };
  StagedNetwork network;
  network.name = "mobilenet_v2";
  network.act = "ReLU6";
  network.stem = {3, 32, 3, 2};
  network.head = {320, 1280, 1, 1};
  int64_t size = 112, channels = 32;
  for (Row row : {Row{1, 16, 1, 1}, Row{6, 24, 2, 2}, Row{6, 32, 3, 2}, Row{6, 64, 4, 2},
                  Row{6, 96, 3, 1}, Row{6, 160, 3, 2}, Row{6, 320, 1, 1}}) {
    StageSpec stage{{{}}, SyncKind::none};
    for (int64_t i = 0; i < row.blocks; ++i) {
      BlockSpec block = blockOf(size, i ? 1 : row.stride, channels, channels * row.t, row.channels);
      channels = row.channels;
      size = block.outSize();
      stage.branches[0].push_back(block);
    }
    network.stages.push_back(stage);
  }
  return network;
}

} // namespace snc

#endif // SNC_TEST_UNIT_NAS_BASENETWORKS_H
