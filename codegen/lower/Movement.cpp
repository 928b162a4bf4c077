// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family tensor: ops that move elements and compute none. All but concat are maps
// of coordinates, so they cost nothing where they are inlined.

#include "codegen/lower/StoredHalf.h"

#include "ir/Layout.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

namespace {
using Place = std::vector<hl::Expr>;

hl::Expr padIndex(const hl::Expr &i, int extent, StringRef mode) {
  if (mode == "edge")
    return hl::clamp(i, 0, extent - 1);
  if (mode == "wrap")
    return ((i % extent) + extent) % extent;
  if (extent == 1)
    return 0;
  // reflect, without repeating the border
  hl::Expr period = 2 * (extent - 1), k = ((i % period) + period) % period;
  return hl::min(k, period - k);
}

void pad(LoweredKernel &kernel, PadOp op) {
  TensorView input = kernel.view(op.getInput());
  IndexSpace space = indexSpace(resultType(op));
  Place at;
  hl::Expr inside = hl::Internal::const_true();
  bool constant = op.getMode() == "constant";
  for (int64_t d = 0; d < input.rank(); ++d) {
    hl::Expr i = space.coords.logical[size_t(d)] - int(op.getLow()[d]);
    int extent = int(input.dim(int(d)));
    if (constant && (op.getLow()[d] > 0 || op.getHigh()[d] > 0))
      inside = inside && i >= 0 && i < extent;
    at.push_back(constant ? hl::clamp(i, 0, extent - 1) : padIndex(i, extent, op.getMode()));
  }
  hl::Expr value = input(at);
  if (constant)
    value = hl::select(inside, value, hl::cast(value.type(), op.getValue().convertToFloat()));
  define(kernel, op, space, value);
}

/// The result as a choice between inputs; for a GPU, where a concat that is read in the
/// same kernel has no memory of its own.
void concatInline(LoweredKernel &kernel, ConcatOp op) {
  IndexSpace space = indexSpace(resultType(op));
  size_t axis = op.getAxis();
  hl::Expr position = space.coords.logical[axis], value;
  int end = int(resultType(op).getDimSize(int64_t(axis)));
  for (Value v : llvm::reverse(op.getInputs())) {
    TensorView input = kernel.view(v);
    int extent = int(input.dim(int64_t(axis)));
    Place at = space.coords.logical;
    at[axis] = hl::clamp(position - (end - extent), 0, extent - 1);
    if (space.coords.padded && axis != 1)
      at[1] = hl::min(at[1], int(input.dim(1)) - 1);
    hl::Expr element = input(at);
    value = value.defined() ? hl::select(liesWithin(position, end), element, value) : element;
    end -= extent;
  }
  define(kernel, op, space, value);
}

/// True where a result with updates can be the kernel's own, without a mask.
bool endsKernel(Operation *op) {
  auto type = resultType(op);
  int64_t lanes = blockedLanes(type);
  return llvm::all_of(op->getUsers(), [](Operation *user) { return isa<YieldOp>(user); }) &&
         (!lanes || type.getDimSize(type.getRank() == 1 ? 0 : 1) % lanes == 0);
}

/// One update of the result for each input, so that no element asks which input
/// it comes from.
void concat(LoweredKernel &kernel, ConcatOp op) {
  RankedTensorType type = resultType(op);
  IndexSpace space = indexSpace(type);
  int64_t axis = op.getAxis(), lanes = blockedLanes(type);
  hl::Func joined("concat");
  joined(space.vars) = hl::undef(typeOfUpdates(kernel, type.getElementType()));
  int offset = 0;
  for (Value v : op.getInputs()) {
    TensorView input = kernel.view(v);
    int extent = int(input.dim(int(axis)));
    Place left(space.vars.begin(), space.vars.end());
    // The axis of a plain tensor is a variable; channels of a blocked one are two.
    hl::RDom r(0, extent, "r");
    Place at = space.coords.logical;
    at[size_t(axis)] = r.x;
    hl::Expr position = r.x + offset;
    if (lanes && axis == 1) {
      left[0] = position % int(lanes);
      left[3] = position / int(lanes);
    } else if (lanes) {
      left[axis == 0 ? 4 : axis == 2 ? 2 : 1] = position;
      at[1] = hl::min(at[1], int(input.dim(1)) - 1);
    } else {
      left[size_t(type.getRank() - 1 - axis)] = position;
    }
    joined(left) = stored(input(at), kernel.resultElement, kernel.device);
    offset += extent;
  }
  kernel.values[op.getResult()] = {joined, type};
  kernel.addStage({Stage::Kind::Update, op, joined, {}, {}, {}, {}});
}

hl::Expr gather(LoweredKernel &kernel, GatherOp op, const Place &at) {
  TensorView input = kernel.view(op.getInput()), indices = kernel.view(op.getIndices());
  int64_t axis = op.getAxis();
  int extent = int(input.dim(int(axis)));
  auto first = at.begin() + axis, last = first + indices.rank();
  hl::Expr i = hl::cast<int32_t>(indices(Place(first, last)));
  Place place(at.begin(), first);
  place.push_back(hl::clamp(hl::select(i < 0, i + extent, i), 0, extent - 1));
  place.insert(place.end(), last, at.end());
  return input(place);
}

hl::Expr reshape(LoweredKernel &kernel, ReshapeOp op, const Place &at) {
  TensorView input = kernel.view(op.getInput());
  hl::Expr flat = 0;
  auto shape = resultType(op).getShape();
  for (size_t d = 0; d < at.size(); ++d)
    flat = flat * int(shape[d]) + at[d];
  Place place(size_t(input.rank()));
  for (int64_t d = input.rank() - 1; d >= 0; --d) {
    place[size_t(d)] = d ? flat % int(input.dim(int(d))) : flat;
    flat = flat / int(input.dim(int(d)));
  }
  return input(place);
}

hl::Expr spaceToDepth(LoweredKernel &kernel, SpaceToDepthOp op, const Place &at) {
  TensorView input = kernel.view(op.getInput());
  int b = int(op.getBlock()), channels = int(input.dim(1));
  hl::Expr block = at[1] / channels;
  return input({at[0], at[1] % channels, at[2] * b + block / b, at[3] * b + block % b});
}

hl::Expr depthToSpace(LoweredKernel &kernel, DepthToSpaceOp op, const Place &at) {
  TensorView input = kernel.view(op.getInput());
  int b = int(op.getBlock()), channels = int(input.dim(1)) / (b * b);
  hl::Expr block = at[2] % b * b + at[3] % b;
  hl::Expr channel = op.getMode() == "DCR" ? block * channels + at[1] : at[1] * (b * b) + block;
  return input({at[0], channel, at[2] / b, at[3] / b});
}

hl::Expr mapped(LoweredKernel &kernel, Operation *op, const Place &at) {
  return llvm::TypeSwitch<Operation *, hl::Expr>(op)
      .Case([&](TransposeOp o) {
        Place place(at.size());
        for (auto [i, p] : llvm::enumerate(o.getPerm()))
          place[size_t(p)] = at[i];
        return kernel.view(o.getInput())(place);
      })
      .Case([&](SliceOp o) {
        Place place;
        for (size_t d = 0; d < at.size(); ++d)
          place.push_back(at[d] * int(o.getSteps()[d]) + int(o.getStarts()[d]));
        return kernel.view(o.getInput())(place);
      })
      .Case([&](GatherOp o) { return gather(kernel, o, at); })
      .Case([&](ReshapeOp o) { return reshape(kernel, o, at); })
      .Case([&](SpaceToDepthOp o) { return spaceToDepth(kernel, o, at); })
      .Case([&](DepthToSpaceOp o) { return depthToSpace(kernel, o, at); })
      .Default([](Operation *) { return hl::Expr(); });
}

/// A slice of whole channel blocks keeps lanes in place.
bool alignedSlice(LoweredKernel &kernel, Operation *op, const IndexSpace &space) {
  auto slice = dyn_cast<SliceOp>(op);
  int64_t lanes = blockedLanes(resultType(op));
  if (!slice || !lanes || blockedLanes(slice.getInput().getType()) != lanes ||
      slice.getStarts()[1] % lanes || slice.getSteps()[1] != 1 || slice.getSizes()[1] % lanes)
    return false;
  auto at = [&](int d) {
    return space.coords.logical[size_t(d)] * int(slice.getSteps()[d]) + int(slice.getStarts()[d]);
  };
  hl::Expr block = space.coords.block + int(slice.getStarts()[1] / lanes);
  define(kernel, op, space,
         kernel.view(slice.getInput()).func(space.coords.lane, at(3), at(2), block, at(0)));
  return true;
}

/// Phases of whole channel blocks keep lanes in place.
bool alignedDepthToSpace(LoweredKernel &kernel, Operation *op, const IndexSpace &space) {
  auto phases = dyn_cast<DepthToSpaceOp>(op);
  int64_t lanes = blockedLanes(resultType(op));
  if (!phases || !lanes || phases.getMode() != "DCR" || resultType(op).getDimSize(1) % lanes ||
      blockedLanes(phases.getInput().getType()) != lanes)
    return false;
  int b = int(phases.getBlock()), blocks = int(resultType(op).getDimSize(1) / lanes);
  const auto &at = space.coords.logical; // n, c, y, x
  hl::Expr phase = at[2] % b * b + at[3] % b;
  define(kernel, op, space,
         kernel.view(phases.getInput())
             .func(space.coords.lane, at[3] / b, at[2] / b, phase * blocks + space.coords.block,
                   at[0]));
  return true;
}
} // namespace

bool lowerMovement(LoweredKernel &kernel, Operation *op) {
  if (auto o = dyn_cast<ConcatOp>(op))
    return (kernel.gpu && !endsKernel(op) ? concatInline : concat)(kernel, o), true;
  if (auto o = dyn_cast<PadOp>(op))
    return pad(kernel, o), true;
  if (op->getNumResults() != 1)
    return false;
  IndexSpace space = indexSpace(resultType(op));
  if (auto o = dyn_cast<ExpandOp>(op)) {
    define(kernel, op, space, kernel.view(o.getInput())(space.coords));
    return true;
  }
  if (!isa<TransposeOp, SliceOp, GatherOp, ReshapeOp, SpaceToDepthOp, DepthToSpaceOp>(op))
    return false;
  if (alignedSlice(kernel, op, space) || alignedDepthToSpace(kernel, op, space))
    return true;
  Place at = space.coords.logical;
  if (space.coords.padded)
    at[1] = hl::min(at[1], int(resultType(op).getDimSize(1)) - 1);
  define(kernel, op, space, mapped(kernel, op, at));
  return true;
}

} // namespace snc
