// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/StagedNetwork.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#include <numeric>

namespace snc {

int64_t BlockSpec::kernelChannels(size_t index) const {
  auto groups = int64_t(kernels.size());
  return expanded / groups + (index == 0 ? expanded % groups : 0);
}

GateSpec StagedNetwork::gateOf(const BlockSpec &block) const {
  bool hard = act == "Hardswish" || block.act == "Hardswish";
  if (!block.gateAct.empty())
    return {block.gateAct, hard};
  return {hard ? "ReLU" : actOf(block), hard};
}

int64_t StagedNetwork::inSize() const {
  if (stages.empty() || stages[0].branches.empty() || stages[0].branches[0].empty())
    return 0;
  return stages[0].branches[0].front().inSize * stem.stride;
}

int64_t StagedNetwork::channelsAfter(size_t stage) const {
  int64_t channels = 0;
  for (const auto &branch : stages[stage].branches) {
    int64_t own = branch.back().outChannels;
    channels = stages[stage].sync == SyncKind::concat ? channels + own : own;
  }
  return channels;
}

namespace {
/// Weights of a convolution, and the pixels that each of them is used for.
struct Layer {
  int64_t weights, pixels, channels;
};
} // namespace

static int64_t square(int64_t edge) { return edge * edge; }

/// All convolutions with batch normalisation of a block; gates have none.
static void addLayers(const BlockSpec &block, std::vector<Layer> &layers) {
  int64_t in = square(block.inSize), out = square(block.outSize());
  if (block.expands())
    layers.push_back({block.inChannels * block.expanded / block.expandGroups, in, block.expanded});
  int64_t taps = 0;
  for (auto [i, kernel] : llvm::enumerate(block.kernels))
    taps += block.kernelChannels(i) * square(kernel);
  layers.push_back({taps, out, block.expanded});
  layers.push_back(
      {block.expanded * block.outChannels / block.projectGroups, out, block.outChannels});
}

static std::vector<Layer> layersOf(const StagedNetwork &network) {
  std::vector<Layer> layers;
  const ConvSpec &stem = network.stem, &head = network.head;
  layers.push_back({stem.inChannels * stem.outChannels * square(stem.kernel),
                    square(network.inSize() / stem.stride), stem.outChannels});
  for (const StageSpec &stage : network.stages)
    for (const auto &branch : stage.branches)
      for (const BlockSpec &block : branch)
        addLayers(block, layers);
  int64_t last = network.stages.back().branches[0].back().outSize();
  layers.push_back({head.inChannels * head.outChannels, square(last), head.outChannels});
  return layers;
}

/// Weights and biases of the two layers of a gate.
static int64_t gateParameters(const BlockSpec &block) {
  return block.squeezed ? 2 * block.expanded * block.squeezed + block.expanded + block.squeezed : 0;
}

template <typename Function> static int64_t sumOfBlocks(const StagedNetwork &n, Function &&of) {
  int64_t sum = 0;
  for (const StageSpec &stage : n.stages)
    for (const auto &branch : stage.branches)
      for (const BlockSpec &block : branch)
        sum += of(block);
  return sum;
}

int64_t StagedNetwork::macs() const {
  int64_t sum = head.outChannels * hidden + features() * classes;
  for (const Layer &layer : layersOf(*this))
    sum += layer.weights * layer.pixels;
  return sum + sumOfBlocks(*this, [](const BlockSpec &b) { return 2 * b.expanded * b.squeezed; });
}

int64_t StagedNetwork::parameters() const {
  int64_t sum = (head.outChannels + 1) * hidden + (features() + 1) * classes;
  for (const Layer &layer : layersOf(*this))
    sum += layer.weights + 2 * layer.channels;
  return sum + sumOfBlocks(*this, gateParameters);
}

// The rules.

static llvm::Error broken(const llvm::Twine &where, const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), where + ": " + what);
}

static bool isSmall(llvm::ArrayRef<int64_t> numbers) {
  return llvm::all_of(numbers, [](int64_t n) { return n >= 1 && n <= 65536; });
}

static bool isKernel(int64_t kernel) { return kernel >= 1 && kernel <= 31 && kernel % 2 == 1; }

static const char kKernels[] = "a kernel is odd, from 1 to 31";

static bool mayGroup(int64_t groups, int64_t in, int64_t out) {
  return groups == 1 || (in % groups == 0 && out % groups == 0 && in / groups >= 2);
}

static llvm::Error verifyGroups(const BlockSpec &block, const llvm::Twine &where) {
  for (int64_t groups : {block.expandGroups, block.projectGroups})
    if (groups < 1 || groups > 64)
      return broken(where, "expected 1 to 64 groups, got " + llvm::Twine(groups));
  if ((block.expands() && !mayGroup(block.expandGroups, block.inChannels, block.expanded)) ||
      !mayGroup(block.projectGroups, block.expanded, block.outChannels))
    return broken(where, "groups divide the channels that a 1x1 convolution reads and leaves, and "
                         "read two or more each");
  return llvm::Error::success();
}

static llvm::Error verifyAct(const std::string &act, const llvm::Twine &where) {
  if (act == "ReLU" || act == "ReLU6" || act == "Hardswish" || act == "SiLU")
    return llvm::Error::success();
  return broken(where, "an activation is ReLU, ReLU6, Hardswish or SiLU, got '" + act + "'");
}

static llvm::Error verifyConv(const ConvSpec &conv, const llvm::Twine &where) {
  if (!isKernel(conv.kernel))
    return broken(where, kKernels);
  if (!isSmall({conv.inChannels, conv.outChannels, conv.kernel, conv.stride}) || conv.stride > 16)
    return broken(where, "expected numbers from 1 to 65,536, and a stride up to 16");
  return llvm::Error::success();
}

static llvm::Error verifyBlock(const BlockSpec &block, int64_t size, int64_t channels,
                               const std::string &where) {
  if (block.kernels.empty() || !llvm::all_of(block.kernels, isKernel))
    return broken(where, kKernels);
  if (!isSmall({block.inSize, block.stride, block.inChannels, block.expanded, block.outChannels}) ||
      block.stride > 16 || block.squeezed < 0 || block.squeezed > 65536)
    return broken(where, "expected numbers from 1 to 65,536, and a stride up to 16");
  for (const std::string &act : {block.act, block.lateAct, block.gateAct})
    if (!act.empty())
      if (llvm::Error error = verifyAct(act, where))
        return error;
  if (!block.gateAct.empty() && !block.squeezed)
    return broken(where, "it names a gate's activation, and has no gate");
  if (llvm::Error error = verifyGroups(block, where))
    return error;
  if (int64_t(block.kernels.size()) > block.expanded)
    return broken(where, "it has more kernels than expanded channels");
  if (size && block.inSize != size)
    return broken(where, "it reads " + llvm::Twine(block.inSize) +
                             " pixels a side, what is before it leaves " + llvm::Twine(size));
  if (block.inChannels != channels)
    return broken(where, "it reads " + llvm::Twine(block.inChannels) +
                             " channels, what is before it leaves " + llvm::Twine(channels));
  return llvm::Error::success();
}

namespace {
/// What a branch has behind a stage.
struct Value {
  int64_t size = 0, channels; ///< size 0: as the first block says
};
} // namespace

static llvm::Error verifyStage(const StagedNetwork &network, size_t s, std::vector<Value> &values) {
  const StageSpec &stage = network.stages[s];
  std::string where = "stage " + std::to_string(s);
  if (stage.branches.size() != values.size())
    return broken(where, "expected " + llvm::Twine(values.size()) + " branches as before, got " +
                             llvm::Twine(stage.branches.size()));
  for (size_t b = 0; b < values.size(); ++b) {
    const auto &blocks = stage.branches[b];
    std::string branch = values.size() > 1 ? where + ", branch " + std::to_string(b) : where;
    if (blocks.empty() || blocks.size() > 64)
      return broken(branch, "expected 1 to 64 blocks");
    for (auto [i, block] : llvm::enumerate(blocks)) {
      if (llvm::Error error = verifyBlock(block, values[b].size, values[b].channels,
                                          branch + ", block " + std::to_string(i)))
        return error;
      values[b] = {block.outSize(), block.outChannels};
    }
    if (values[b].size != values[0].size)
      return broken(branch, "its result differs in size from branch 0's");
    if (stage.sync == SyncKind::add && values[b].channels != values[0].channels)
      return broken(branch, "it adds " + llvm::Twine(values[b].channels) +
                                " channels to branch 0's " + llvm::Twine(values[0].channels));
  }
  if (stage.sync != SyncKind::none)
    for (Value &value : values)
      value.channels = network.channelsAfter(s);
  return llvm::Error::success();
}

llvm::Error StagedNetwork::verify() const {
  if (stages.empty() || stages.size() > 64)
    return broken("network", "expected 1 to 64 stages");
  if (llvm::Error error = verifyConv(stem, "stem"))
    return error;
  if (llvm::Error error = verifyConv(head, "head"))
    return error;
  if (branches() < 1 || branches() > 16)
    return broken("stage 0", "expected 1 to 16 branches");
  if (!isSmall(classes))
    return broken("classes", "expected 1 to 65,536");
  if (hidden < 0 || hidden > 65536)
    return broken("hidden", "expected 0 to 65,536");
  if (llvm::Error error = verifyAct(act, "network"))
    return error;
  if (!(bnEpsilon > 0 && bnEpsilon <= 1) || !(bnMomentum >= 0 && bnMomentum <= 1))
    return broken("network", "expected an epsilon above 0 and a momentum of 0 to 1, both up to 1");
  std::vector<Value> values(branches(), Value{0, stem.outChannels});
  for (size_t s = 0; s < stages.size(); ++s) {
    if (!isBranched() && stages[s].sync != SyncKind::none)
      return broken("stage " + llvm::Twine(s), "a sync joins two branches or more");
    if (llvm::Error error = verifyStage(*this, s, values))
      return error;
  }
  if (isBranched() && stages.back().sync == SyncKind::none)
    return broken("stage " + llvm::Twine(stages.size() - 1),
                  "behind the last stage there must be a sync, a or c");
  if (head.inChannels != channelsAfter(stages.size() - 1))
    return broken("head", "it reads " + llvm::Twine(head.inChannels) +
                              " channels, the last stage leaves " +
                              llvm::Twine(channelsAfter(stages.size() - 1)));
  if (inSize() > 65536)
    return broken("stem", "its input is more than 65,536 pixels a side");
  if (parameters() > 500'000'000)
    return broken("network", "it has more than 500 million parameters");
  return llvm::Error::success();
}

} // namespace snc
