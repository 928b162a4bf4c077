// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The blocks that people know a network by, for names and reports. The search
// needs none of this: it looks at runs of nodes, whatever they are called.

#ifndef SNC_SEARCH_STAGES_H
#define SNC_SEARCH_STAGES_H

#include "search/NetworkGraph.h"

namespace snc {

struct Stage {
  enum Kind {
    stem,   ///< the first convolution of the picture
    mbconv, ///< an inverted residual: expand, depthwise, perhaps a gate, project
    block,  ///< several nodes between two cut points: a residual block, a fire module, a cell
    layer,  ///< one node that all paths go through
    head    ///< from where no plane has more than one pixel
  };
  Kind kind;
  int64_t begin, end; ///< nodes
};

/// The stages of a network, in order, without a gap. Borders are cut points
/// (NetworkGraph::cutPoints) and the ends of inverted residuals.
std::vector<Stage> stagesOf(const NetworkGraph &graph);

/// "stem", "MBConv", "block", "layer", "head".
const char *nameOf(Stage::Kind kind);

} // namespace snc

#endif // SNC_SEARCH_STAGES_H
