// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/BlockMatch.h"

#include "ir/ShapeInference.h"

#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;

namespace snc {

static int64_t kernelOf(ConvOp conv) { return tensorType(conv.getWeight()).getDimSize(2); }

int64_t MatchedConv::kernel(size_t index) const { return kernelOf(convs[index]); }

int64_t MatchedConv::stride() const { return ConvOp(convs.front()).getStrides()[0]; }

int64_t MatchedConv::inChannels() const {
  int64_t sum = 0;
  for (ConvOp conv : convs)
    sum += tensorType(conv.getInput()).getDimSize(1);
  return sum;
}

int64_t MatchedConv::outChannels() const { return tensorType(result).getDimSize(1); }

bool MatchedConv::isDepthwise() const {
  return llvm::all_of(convs, [](ConvOp conv) {
    auto weight = tensorType(conv.getWeight()).getShape();
    return weight[1] == 1 && weight[0] == int64_t(conv.getGroup());
  });
}

bool MatchedConv::isPointwise() const {
  return llvm::all_of(convs, [](ConvOp conv) {
    return kernelOf(conv) == 1 && conv.getGroup() == 1 && conv.getStrides()[0] == 1;
  });
}

int64_t MatchedConv::groups() const {
  auto first = tensorType(ConvOp(convs[0]).getWeight()).getShape();
  bool equal = llvm::all_of(convs, [&](ConvOp conv) {
    return tensorType(conv.getWeight()).getShape() == first && first[1] >= 2;
  });
  return equal ? int64_t(convs.size()) : 1;
}

Operation *soleUser(Value value) { return value.hasOneUse() ? *value.user_begin() : nullptr; }

bool isGlobalPool(Operation *op) {
  auto mean = dyn_cast_if_present<ReduceMeanOp>(op);
  return mean && tensorType(mean.getInput()).getRank() == 4 &&
         mean.getAxes() == ArrayRef<int64_t>{2, 3};
}

std::string activationOf(Operation *op) {
  if (isa_and_present<ReluOp>(op))
    return "ReLU";
  if (isa_and_present<HardSwishOp>(op))
    return "Hardswish";
  if (isa_and_present<SwishOp>(op))
    return "SiLU";
  auto clamp = dyn_cast_if_present<ClampOp>(op);
  bool six = clamp && clamp.getLo().convertToFloat() == 0 && clamp.getHi().convertToFloat() == 6;
  return six ? "ReLU6" : "";
}

InFlightDiagnostic refuse(Operation *op) {
  return emitError(op->getLoc()) << "--nas takes networks of a stem convolution, inverted "
                                    "residuals, a last 1x1 convolution, a global average pool and "
                                    "a classifier: ";
}

static LogicalResult checkWindow(ConvOp conv, const MatchedConv &all) {
  auto weight = tensorType(conv.getWeight());
  int64_t kernel = weight.getDimSize(2);
  if (weight.getDimSize(3) != kernel || kernel % 2 == 0)
    return refuse(conv) << "its kernel is " << kernel << "x" << weight.getDimSize(3)
                        << ", expected an odd square";
  if (!llvm::all_of(conv.getPads(), [&](int64_t pad) { return pad == kernel / 2; }))
    return refuse(conv) << "expected padding of " << kernel / 2 << " on each side";
  if (!llvm::all_of(conv.getDilations(), [](int64_t d) { return d == 1; }) ||
      !llvm::all_of(conv.getStrides(), [&](int64_t s) { return s == all.stride(); }))
    return refuse(conv) << "expected no dilation, and one stride in both directions";
  auto shape = tensorType(conv.getResult()).getShape();
  if (shape[2] != shape[3])
    return refuse(conv) << "its result is " << shape[2] << "x" << shape[3] << ", expected a square";
  return success();
}

/// Convolutions of the slices of `x`, in the order of the channels; empty where it is not so.
static SmallVector<ConvOp, 4> slicedConvs(Value x, SmallVector<Operation *> slices) {
  auto begin = [](Operation *op) { return cast<SliceOp>(op).getStarts()[1]; };
  llvm::sort(slices, [&](Operation *a, Operation *b) { return begin(a) < begin(b); });
  auto shape = tensorType(x).getShape();
  SmallVector<ConvOp, 4> convs;
  int64_t channel = 0;
  for (Operation *op : slices) {
    auto slice = cast<SliceOp>(op);
    auto conv = dyn_cast_if_present<ConvOp>(soleUser(slice.getResult()));
    SmallVector<int64_t> expected(shape);
    expected[1] = slice.getSizes()[1];
    if (!conv || begin(op) != channel || slice.getSizes() != ArrayRef(expected) ||
        !llvm::all_of(slice.getSteps(), [](int64_t step) { return step == 1; }))
      return {};
    channel += expected[1];
    convs.push_back(conv);
  }
  return channel == shape[1] ? convs : SmallVector<ConvOp, 4>();
}

/// The concat of the results of all, in order; null where there is none.
static ConcatOp concatOf(ArrayRef<ConvOp> convs) {
  auto concat = dyn_cast_if_present<ConcatOp>(soleUser(ConvOp(convs.front()).getResult()));
  if (!concat || concat.getAxis() != 1 || concat.getInputs().size() != convs.size())
    return {};
  for (auto [conv, input] : llvm::zip_equal(convs, concat.getInputs()))
    if (ConvOp(conv).getResult() != input || !input.hasOneUse())
      return {};
  return concat;
}

/// Batch normalisation and activation behind the convolution.
static void matchTail(MatchedConv &matched) {
  auto norm = dyn_cast_if_present<BatchNormOp>(soleUser(matched.result));
  if (norm && norm.getInput() == matched.result) {
    matched.norm = norm;
    matched.result = norm.getResult();
  }
  Operation *next = soleUser(matched.result);
  matched.act = activationOf(next);
  if (!matched.act.empty())
    matched.result = next->getResult(0);
}

FailureOr<MatchedConv> matchConv(Value x, bool mayAdd) {
  SmallVector<Operation *> readers;
  for (Operation *user : x.getUsers())
    if (!(mayAdd && beginsShortcut(user)))
      readers.push_back(user);
  if (readers.empty()) {
    Operation *last = x.getDefiningOp();
    return refuse(last ? last : x.getParentRegion()->getParentOp())
           << "expected a convolution behind it";
  }
  MatchedConv matched;
  if (auto conv = dyn_cast<ConvOp>(readers.front()); conv && readers.size() == 1) {
    matched.convs.push_back(conv);
    matched.result = conv.getResult();
  } else if (llvm::all_of(readers, [](Operation *op) { return isa<SliceOp>(op); })) {
    matched.convs = slicedConvs(x, readers);
    ConcatOp concat = matched.convs.empty() ? ConcatOp() : concatOf(matched.convs);
    if (!concat)
      return refuse(readers.back()) << "expected convolutions of all slices, concatenated";
    matched.result = concat.getResult();
  } else {
    return refuse(readers.back()) << "expected a convolution here, and none beside it";
  }
  for (ConvOp conv : matched.convs)
    if (failed(checkWindow(conv, matched)))
      return failure();
  matchTail(matched);
  return matched;
}

/// The 1x1 convolution that alone reads `x`; null where there is none.
static ConvOp pixelConv(Value x) {
  auto conv = dyn_cast_if_present<ConvOp>(soleUser(x));
  return conv && conv.isPointwise() ? conv : ConvOp();
}

FailureOr<std::optional<MatchedGate>> matchGate(Value x) {
  Operation *pool = nullptr;
  MulOp product;
  for (Operation *user : x.getUsers()) {
    if (isGlobalPool(user))
      pool = user;
    if (auto mul = dyn_cast<MulOp>(user))
      product = mul;
  }
  if (!pool || !product)
    return std::optional<MatchedGate>();
  auto bad = [&](Operation *op, const char *what) -> LogicalResult {
    return refuse(op ? op : pool) << "in a squeeze-and-excitation gate, expected " << what;
  };
  MatchedGate gate;
  gate.reduce = pixelConv(pool->getResult(0));
  if (!gate.reduce)
    return bad(pool, "a 1x1 convolution behind the pool, which keeps its dimensions");
  Operation *act = soleUser(gate.reduce.getResult());
  gate.norm = dyn_cast_if_present<BatchNormOp>(act);
  if (gate.norm)
    act = soleUser(gate.norm.getResult());
  gate.act = activationOf(act);
  if (gate.act.empty())
    return bad(gate.reduce, "an activation behind this convolution");
  gate.expand = pixelConv(act->getResult(0));
  if (!gate.expand)
    return bad(act, "a 1x1 convolution behind this activation");
  Operation *sigmoid = soleUser(gate.expand.getResult());
  auto hard = dyn_cast_if_present<HardSigmoidOp>(sigmoid);
  gate.hard = hard != nullptr;
  bool known = hard ? std::abs(hard.getAlpha().convertToFloat() - 1.0f / 6) < 1e-6f &&
                          hard.getBeta().convertToFloat() == 0.5f
                    : isa_and_present<SigmoidOp>(sigmoid);
  if (!known)
    return bad(gate.expand, "Sigmoid, or HardSigmoid of slope 1/6, behind this convolution");
  bool whole = soleUser(sigmoid->getResult(0)) == product && llvm::range_size(x.getUsers()) == 2 &&
               product.getLhs() != product.getRhs();
  if (!whole)
    return bad(sigmoid, "one product of it and the depthwise convolution's result");
  gate.result = product.getResult();
  return std::optional(gate);
}

} // namespace snc
