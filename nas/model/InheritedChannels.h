// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of the base's channels a branch takes; private to InheritedWeights.

#ifndef SNC_NAS_MODEL_INHERITEDCHANNELS_H
#define SNC_NAS_MODEL_INHERITEDCHANNELS_H

#include "nas/StagedNetwork.h"

#include <algorithm>

namespace snc {

/// For each channel the base's that it takes; -1: none.
using Picks = std::vector<int64_t>;

inline Picks leading(int64_t count, int64_t limit, int64_t begin = 0) {
  Picks picks(size_t(count), -1);
  for (int64_t c = 0; c < count && begin + c < limit; ++c)
    picks[size_t(c)] = begin + c;
  return picks;
}

/// Without what the base has not: its blocks need not be the network's.
inline void limit(Picks &picks, int64_t channels) {
  std::ranges::replace_if(picks, [=](int64_t pick) { return pick >= channels; }, -1);
}

/// Which of the base's output channels the branches' blocks take, one after the other.
class Parts {
public:
  Picks next(const BlockSpec &own, const BlockSpec *theirs, const Picks &in, bool concat) {
    if (!theirs)
      return Picks(size_t(own.outChannels), -1);
    if (!own.hasShortcut() || !theirs->hasShortcut()) {
      Picks out = leading(own.outChannels, theirs->outChannels, begin);
      begin += concat ? own.outChannels : 0;
      return out;
    }
    // What is added has to be of one channel, so only those beyond the shortcut are shared out.
    Picks out = in, added = leading(own.addedChannels(), theirs->outChannels,
                                    theirs->inChannels + beginAdded);
    out.insert(out.end(), added.begin(), added.end());
    beginAdded += concat ? own.addedChannels() : 0;
    return out;
  }

private:
  int64_t begin = 0, beginAdded = 0; ///< of the branch's channels in a concat
};

/// The kernel of each expanded channel.
inline std::vector<size_t> kernelIndexes(const BlockSpec &block) {
  std::vector<size_t> indexes;
  for (size_t k = 0; k < block.kernels.size(); ++k)
    indexes.insert(indexes.end(), size_t(block.kernelChannels(k)), k);
  return indexes;
}

} // namespace snc

#endif // SNC_NAS_MODEL_INHERITEDCHANNELS_H
