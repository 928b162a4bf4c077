// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/BaseModel.h"

#include "ir/ShapeInference.h"
#include "nas/model/BlockMatch.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

using namespace mlir;

namespace snc {

namespace {

/// Follows the value from the picture to the classes.
class Recogniser {
public:
  LogicalResult run(ModuleOp module);
  BaseNetwork take() { return {std::move(network), std::move(weights)}; }

private:
  LogicalResult stem(func::FuncOp main);
  LogicalResult block(const MatchedConv &first);
  FailureOr<BlockSpec> specOf(const MatchedBlock &block);
  /// What its gate and its activations are.
  LogicalResult activations(const MatchedBlock &block, BlockSpec &spec);
  /// Moves `at` behind the block and its shortcut, which `spec` then has.
  LogicalResult shortcut(const MatchedBlock &block, BlockSpec &spec);
  LogicalResult put(const MatchedBlock &block, const BlockSpec &spec);
  LogicalResult gate(const MatchedGate &gate, const std::string &module);
  LogicalResult head(const MatchedConv &conv);
  LogicalResult classifier(Operation *layer);
  /// A gemm, or a convolution of one pixel.
  LogicalResult linear(Operation *layer, const std::string &module, int64_t &outputs);
  LogicalResult convNorm(const MatchedConv &conv, const std::string &module,
                         bool depthwise = false);
  Operation *behindReshapes(Value value);
  /// The first normalisation's epsilon, and the momentum where all have one.
  void readTraining(func::FuncOp main);

  StagedNetwork network;
  NetworkWeights weights;
  Value at;
  int64_t channels = 0;
  bool toldOfDense = false, toldOfGate = false;
};

/// As decimal fractions are written, without what float32 adds.
double shortest(float value) {
  char text[32];
  snprintf(text, sizeof(text), "%.7g", double(value));
  return strtod(text, nullptr);
}

} // namespace

LogicalResult Recogniser::convNorm(const MatchedConv &conv, const std::string &module,
                                   bool depthwise) {
  if (conv.convs.size() > 1 && !depthwise && conv.groups() == 1 && !toldOfDense) {
    emitRemark(conv.op()->getLoc())
        << "1x1 convolutions of slices that differ in size are taken as whole ones";
    toldOfDense = true;
  }
  return putConv(conv, depthwise, module, network.bnEpsilon, weights);
}

LogicalResult Recogniser::stem(func::FuncOp main) {
  if (main.getNumArguments() != 1 || main.getNumResults() != 1)
    return refuse(main) << "it has " << main.getNumArguments() << " inputs and "
                        << main.getNumResults() << " outputs, expected one of each";
  at = main.getArgument(0);
  auto type = tensorType(at);
  if (type.getRank() != 4 || type.getDimSize(2) != type.getDimSize(3) ||
      !type.getElementType().isF32())
    return refuse(main) << "its input is no square picture";
  auto conv = matchConv(at, /*mayAdd=*/false);
  if (failed(conv))
    return failure();
  if (conv->convs.size() > 1 || ConvOp(conv->convs[0]).getGroup() != 1)
    return refuse(conv->op()) << "the stem is one convolution without groups";
  if (conv->act.empty())
    return refuse(conv->op()) << "behind the stem there is ReLU, ReLU6, HardSwish or SiLU";
  if (type.getDimSize(2) % conv->stride())
    return refuse(conv->op()) << "its stride does not divide the picture's " << type.getDimSize(2)
                              << " pixels";
  network.act = conv->act;
  channels = conv->outChannels();
  network.stem = {conv->inChannels(), channels, conv->kernel(0), conv->stride()};
  at = conv->result;
  return convNorm(*conv, "stem");
}

FailureOr<BlockSpec> Recogniser::specOf(const MatchedBlock &block) {
  const MatchedConv &depthwise = block.depthwise;
  BlockSpec spec;
  spec.inSize = tensorType(at).getDimSize(2);
  spec.stride = depthwise.stride();
  spec.inChannels = channels;
  spec.expanded = depthwise.outChannels();
  spec.outChannels = block.project.outChannels();
  spec.expandGroups = block.expand ? block.expand->groups() : 1;
  spec.projectGroups = block.project.groups();
  spec.kernels.clear();
  for (size_t k = 0; k < depthwise.convs.size(); ++k)
    spec.kernels.push_back(depthwise.kernel(k));
  for (size_t k = 0; k < depthwise.convs.size(); ++k) {
    int64_t own = tensorType(ConvOp(depthwise.convs[k]).getResult()).getDimSize(1);
    if (own != spec.kernelChannels(k))
      return refuse(depthwise.convs[k]) << "its slice has " << own << " channels, expected "
                                        << spec.kernelChannels(k) << ": about even ones";
  }
  if (block.expand && !spec.expands())
    return refuse(block.expand->op()) << "an expansion to as many channels is left out";
  if (!block.project.act.empty())
    return refuse(block.project.op()) << "a block ends without an activation";
  if (failed(activations(block, spec)))
    return failure();
  return spec;
}

LogicalResult Recogniser::activations(const MatchedBlock &block, BlockSpec &spec) {
  const std::string &between = block.depthwise.act;
  Operation *op = block.depthwise.op();
  if (between.empty() && block.lateAct.empty())
    return refuse(op) << "behind a depthwise convolution there is ReLU, ReLU6, HardSwish or SiLU";
  std::string act = block.expand ? block.expand->act : between;
  bool differ = act != between;
  if (block.expand && (act.empty() || (differ && block.gate && !between.empty())))
    return refuse(op) << "behind it there is " << (between.empty() ? block.lateAct : between)
                      << ", behind the expansion " << (act.empty() ? "nothing" : act)
                      << ": a block has one activation, or another behind its gate";
  // Where there is no gate, all that is behind the filters is late.
  spec.lateAct = differ && !between.empty() ? between : block.lateAct;
  if (!act.empty() && act != network.act)
    spec.act = act;
  if (!block.gate)
    return success();
  MatchedGate gate = *block.gate;
  spec.squeezed = tensorType(gate.reduce.getResult()).getDimSize(1);
  GateSpec expected = network.gateOf(spec);
  if (gate.act != expected.act)
    spec.gateAct = gate.act;
  if (gate.hard != expected.hard)
    return refuse(gate.expand) << "in this block's gate expected "
                               << (expected.hard ? "HardSigmoid" : "Sigmoid") << ", got "
                               << (gate.hard ? "HardSigmoid" : "Sigmoid");
  return success();
}

LogicalResult Recogniser::shortcut(const MatchedBlock &block, BlockSpec &spec) {
  MatchedShortcut found = matchShortcut(at, block.project.result);
  spec.partialShortcut = found.partial;
  if (found.sum && !spec.hasShortcut())
    return refuse(found.sum) << "a sum around a block that changes the shape";
  if (!found.sum && spec.hasShortcut())
    return refuse(block.project.op()) << "expected the sum of the block's input and result";
  if (llvm::count_if(at.getUsers(), beginsShortcut) != (found.sum ? 1 : 0)) {
    auto other = llvm::find_if(at.getUsers(), beginsShortcut);
    return refuse(*other) << "a sum that is no shortcut around one block";
  }
  at = found.result;
  return success();
}

LogicalResult Recogniser::gate(const MatchedGate &gate, const std::string &module) {
  if (gate.norm && !toldOfGate) {
    emitRemark(gate.norm->getLoc()) << "batch normalisations in gates are folded";
    toldOfGate = true;
  }
  return success(succeeded(putBiased(gate.reduce, module + ".reduce", weights, gate.norm)) &&
                 succeeded(putBiased(gate.expand, module + ".expand", weights)));
}

LogicalResult Recogniser::put(const MatchedBlock &block, const BlockSpec &spec) {
  bool begins =
      network.stages.empty() || (spec.outChannels != spec.inChannels && !spec.hasShortcut());
  if (begins)
    network.stages.emplace_back().branches.emplace_back();
  std::vector<BlockSpec> &blocks = network.stages.back().branches[0];
  BlockModules modules = modulesOf(spec, network.stages.size() - 1, 0, blocks.size());
  blocks.push_back(spec);
  if (block.expand && failed(convNorm(*block.expand, modules.expand)))
    return failure();
  if (block.gate && failed(gate(*block.gate, modules.gate)))
    return failure();
  return success(succeeded(convNorm(block.depthwise, modules.depthwise, true)) &&
                 succeeded(convNorm(block.project, modules.project)));
}

LogicalResult Recogniser::block(const MatchedConv &first) {
  auto matched = matchBlock(first);
  if (failed(matched))
    return failure();
  auto spec = specOf(*matched);
  if (failed(spec) || failed(shortcut(*matched, *spec)) || failed(put(*matched, *spec)))
    return failure();
  channels = spec->outChannels;
  return success();
}

Operation *Recogniser::behindReshapes(Value value) {
  Operation *user = soleUser(value);
  while (isa_and_present<ReshapeOp>(user))
    user = soleUser(user->getResult(0));
  return user;
}

LogicalResult Recogniser::linear(Operation *layer, const std::string &module, int64_t &outputs) {
  if (auto gemm = dyn_cast<GemmOp>(layer))
    return putGemm(gemm, module, weights, outputs);
  outputs = tensorType(layer->getResult(0)).getDimSize(1);
  return putBiased(cast<ConvOp>(layer), module, weights);
}

LogicalResult Recogniser::head(const MatchedConv &conv) {
  network.head = {conv.inChannels(), conv.outChannels(), 1, 1};
  if (conv.act != network.act)
    return refuse(conv.op()) << "behind the last convolution expected " << network.act
                             << ", as behind the stem";
  if (conv.convs.size() > 1)
    return refuse(conv.op()) << "the last convolution is one without groups";
  if (network.stages.empty())
    return refuse(conv.op()) << "there is no inverted residual before it";
  if (failed(convNorm(conv, "head")))
    return failure();
  Operation *pool = soleUser(conv.result), *layer = behindReshapes(pool->getResult(0));
  auto isLayer = [](Operation *op) {
    auto one = dyn_cast_if_present<ConvOp>(op);
    return (one && one.isPointwise()) || isa_and_present<GemmOp>(op);
  };
  if (!isLayer(layer))
    return refuse(pool) << "expected a fully connected layer behind the pool";
  Operation *act = soleUser(layer->getResult(0));
  if (activationOf(act) == network.act) {
    Operation *next = behindReshapes(act->getResult(0));
    if (!isLayer(next))
      return refuse(act) << "expected a fully connected layer behind this hidden one";
    if (failed(linear(layer, "hidden.0", network.hidden)))
      return failure();
    layer = next;
  }
  return classifier(layer);
}

LogicalResult Recogniser::classifier(Operation *layer) {
  if (failed(linear(layer, "classifier", network.classes)))
    return failure();
  Operation *end = behindReshapes(layer->getResult(0));
  if (!isa_and_present<func::ReturnOp>(end))
    return refuse(end ? end : layer) << "expected nothing behind the classifier";
  return success();
}

void Recogniser::readTraining(func::FuncOp main) {
  SmallVector<BatchNormOp> norms(main.getOps<BatchNormOp>());
  if (norms.empty())
    return;
  network.bnEpsilon = shortest(norms.front().getEpsilon().convertToFloat());
  float kept = norms.front().getMomentum().convertToFloat(); // of the old mean; torch: of the new
  bool agree = llvm::all_of(
      norms, [=](BatchNormOp norm) { return norm.getMomentum().convertToFloat() == kept; });
  // float32 near 1 has seven decimals.
  double momentum = std::round((1 - double(kept)) * 1e7) / 1e7;
  if (agree && momentum > 0 && momentum <= 1)
    network.bnMomentum = momentum;
}

LogicalResult Recogniser::run(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (auto name = module->getAttrOfType<StringAttr>("snc.model"))
    network.name = name.getValue().str();
  readTraining(main);
  if (failed(stem(main)))
    return failure();
  for (;;) {
    auto conv = matchConv(at, /*mayAdd=*/true);
    if (failed(conv))
      return failure();
    bool ends = conv->isPointwise() && isGlobalPool(soleUser(conv->result));
    if (ends ? failed(head(*conv)) : failed(block(*conv)))
      return failure();
    if (ends)
      break;
  }
  if (llvm::Error error = network.verify())
    return refuse(main) << llvm::toString(std::move(error));
  return success();
}

FailureOr<BaseNetwork> recogniseNetwork(ModuleOp module) {
  Recogniser recogniser;
  if (failed(recogniser.run(module)))
    return failure();
  return recogniser.take();
}

} // namespace snc
