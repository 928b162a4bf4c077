// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family nn: convolutions. Packed weights give the register-tiled forms of
// docs/schedules.md; weights in model layout (computed at run time, or groups that
// are no whole blocks) a plain one.

#include "codegen/lower/Winograd.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// The geometry of a window, [h, w].
struct Window {
  int kh, kw, sh, sw, dh, dw, top, left;
};

Window windowOf(ConvOp op, TensorView weight) {
  auto s = op.getStrides(), d = op.getDilations(), p = op.getPads();
  return {int(weight.dim(2)), int(weight.dim(3)), int(s[0]), int(s[1]),
          int(d[0]),          int(d[1]),          int(p[0]), int(p[1])};
}

/// True when some tap of some output lies outside an input of extents h, w.
bool leaves(const Window &w, TensorView input, RankedTensorType out) {
  auto beyond = [](int64_t extent, int64_t stride, int64_t kernel, int64_t dilation, int64_t before,
                   int64_t in) {
    return before > 0 || (extent - 1) * stride + (kernel - 1) * dilation - before >= in;
  };
  return beyond(out.getDimSize(2), w.sh, w.kh, w.dh, w.top, input.dim(2)) ||
         beyond(out.getDimSize(3), w.sw, w.kw, w.dw, w.left, input.dim(3));
}

/// padded() for a GPU, where an operand that the kernel computes is needed at one place.
hl::Func paddedPlace(TensorView input) {
  hl::Func pad("pad");
  std::vector<hl::Var> vars = indexSpace(input.type).vars;
  std::vector<hl::Expr> place(vars.begin(), vars.end());
  hl::Expr inside;
  size_t x = blockedLanes(input.type) ? 1 : 0;
  for (size_t d : {x, x + 1}) {
    int extent = int(input.dim(d == x ? 3 : 2));
    place[d] = hl::clamp(vars[d], 0, extent - 1);
    hl::Expr here = liesWithin(vars[d], extent);
    inside = inside.defined() ? inside && here : here;
  }
  pad(vars) = hl::select(inside, input.func(place), hl::cast(input.func.types()[0], 0));
  return pad;
}

/// The input with zeros around it, in the input's own memory order.
hl::Func padded(const LoweredKernel &kernel, TensorView input) {
  if (kernel.gpu)
    return paddedPlace(input);
  hl::Func pad("pad");
  std::vector<hl::Var> vars = indexSpace(input.type).vars;
  bool blocked = blockedLanes(input.type);
  hl::Region bounds(vars.size(), {hl::Expr(), hl::Expr()});
  bounds[blocked ? 1 : 0] = {0, int(input.dim(3))};
  bounds[blocked ? 2 : 1] = {0, int(input.dim(2))};
  hl::Func outside = hl::BoundaryConditions::constant_exterior(
      input.func, hl::cast(input.func.types()[0], 0), bounds);
  pad(vars) = outside(std::vector<hl::Expr>(vars.begin(), vars.end()));
  return pad;
}

/// The rows of a depthwise convolution's input that a fused kernel keeps while they
/// are needed: zeros left and right of the picture, then the pixels, in tiles that one
/// register tile of the expanding convolution fills. Rows above and below are zero;
/// `anyRow`: the input may be asked for them.
hl::Func extended(Stage &stage, TensorView input, const Window &w, int columns, int tile,
                  bool anyRow) {
  hl::Func rows("rows");
  std::vector<hl::Var> v = indexSpace(input.type).vars; // c, x, y, cb, n
  int width = int(input.dim(3)), height = int(input.dim(2));
  rows(v) = hl::undef(input.func.types()[0]);
  auto zero = [&](int from, int count) {
    hl::RDom border(from, count, "border");
    if (count > 0)
      rows(v[0], border, v[2], v[3], v[4]) = hl::cast(input.func.types()[0], 0);
  };
  zero(-w.left, w.left);
  zero(width, columns - w.left - width);
  tile = std::min(tile, width);
  hl::RDom r(0, tile, 0, (width + tile - 1) / tile, "pixels");
  // The last tile is moved inwards where tiles do not fit the row.
  hl::Expr first = width % tile ? hl::min(r.y * tile, width - tile) : hl::Expr(r.y * tile);
  hl::Expr x = first + r.x, y = v[2];
  hl::Expr row = anyRow ? y : hl::clamp(y, 0, height - 1);
  hl::Expr value = input.func(v[0], x, row, v[3], v[4]);
  rows(v[0], x, v[2], v[3], v[4]) =
      hl::select(y >= 0 && y < height, value, hl::cast(value.type(), 0));
  stage.interior = r;
  return rows;
}

/// Input channels that the sum takes at once by the schedule, whole blocks; 0: all.
int depthOf(ConvOp op, PackedAttr packed) {
  ScheduleAttr schedule = cast<KernelOp>(op->getParentOp()).getScheduleAttr();
  Operation *yield = op->getBlock()->getTerminator();
  if (!schedule || schedule.getKind() != "conv" || !schedule.get("channels_outer", 0) ||
      !blockedLanes(yield->getOperand(0).getType()))
    return 0;
  int64_t blocks = llvm::divideCeil(resultType(op).getDimSize(1), packed.getLanes());
  if (blocks % packed.getRows())
    return 0; // a panel's last sums would lie beyond the picture
  return int(llvm::alignTo(uint64_t(std::max<int64_t>(0, schedule.get("depth", 0))),
                           uint64_t(packed.getInputLanes())));
}

/// acc(c, x, y, cb, n), the sum in blocks of the weights' lanes.
void convPacked(LoweredKernel &kernel, ConvOp op, TensorView input, TensorView weight,
                PackedAttr packed) {
  RankedTensorType type = resultType(op);
  int lanes = int(packed.getLanes()), rows = int(packed.getRows());
  int il = int(packed.getInputLanes());
  Window w = windowOf(op, weight);
  bool blocked = blockedLanes(input.type);
  Stage stage{Stage::Kind::Conv, op, {}, {}, {}, {}, {}};
  hl::Func in = input.func;
  if (op.getInput().getDefiningOp())
    stage.source = in;
  if (leaves(w, input, type))
    in = stage.pad = padded(kernel, input);
  auto accType = withLayout(type, BlockedAttr::get(type.getContext(), lanes));
  IndexSpace space = indexSpace(accType);
  hl::Var x = space.vars[1], y = space.vars[2], cb = space.vars[3], n = space.vars[4];
  int step = reductionStep(weight.dim(1), il), steps = il / step;
  int total = int(llvm::divideCeil(weight.dim(1), step)), depth = depthOf(op, packed) / step;
  hl::Expr initial = initialSum(kernel, op.getBias(), space.coords);
  for (int first = 0, end; first < total; first = end) {
    end = depth ? std::min(first + depth, total) : total;
    hl::RDom r(0, step, 0, w.kw, 0, w.kh, first, end - first, "r");
    hl::Expr block = r.w / steps, lane = r.w % steps * step + r.x;
    if (kernel.gpu) // of a remainder Halide forgets that it is one number
      lane = r.w * step - block * il + r.x;
    hl::Expr k = ((block * w.kh + r.z) * w.kw + r.y) * il + lane;
    hl::Expr ix = x * w.sw + r.y * w.dw - w.left, iy = y * w.sh + r.z * w.dh - w.top;
    hl::Expr value = blocked ? in(lane, ix, iy, block, n) : in(ix, iy, block * il + lane, n);
    hl::Func acc("acc");
    acc(space.vars) = initial;
    acc(space.vars) += weight.func(space.vars[0], cb % rows, k, cb / rows) * value;
    if (end == total) {
      stage.acc = acc;
      stage.domain = r;
      break;
    }
    hl::Func part("part");
    part(space.vars) = acc(space.vars);
    initial = part(space.vars);
    stage.parts.push_back({part, acc, r});
  }
  TensorView acc{stage.acc, accType};
  IndexSpace out = indexSpace(type);
  define(kernel, op, out, acc(out.coords));
  stage.result = kernel.view(op.getResult()).func;
  kernel.addStage(stage);
}

/// Pixels of a tile of the ring of rows that the schedule keeps; 0 where it keeps none.
int ringTile(ConvOp op, bool leaves) {
  ScheduleAttr schedule = cast<KernelOp>(op->getParentOp()).getScheduleAttr();
  if (schedule && schedule.getKind() == "fused")
    return int(schedule.get("expand_pixels", 8));
  bool rows = schedule && schedule.getKind() == "depthwise" && !schedule.get("pad_block", 0);
  return rows && leaves ? 8 : 0;
}

/// acc(c, x, y, cb, n), the sum over all taps; lanes are channels.
void convDepthwise(LoweredKernel &kernel, ConvOp op, TensorView input, TensorView weight) {
  RankedTensorType type = resultType(op);
  Window w = windowOf(op, weight);
  Stage stage{Stage::Kind::Depthwise, op, {}, hl::Func("taps"), {}, {}, {}, {}};
  TensorView source = input;
  if (int tile = ringTile(op, leaves(w, input, type))) {
    int columns = int(type.getDimSize(3) - 1) * w.sw + (w.kw - 1) * w.dw + 1;
    // A padded convolution before it has an answer beyond its result's rows, too.
    bool anyRow = !kernel.stages.empty() && kernel.stages.back().pad.defined();
    source.func = stage.pad = extended(stage, input, w, columns, tile, anyRow);
  } else if (leaves(w, input, type)) {
    source.func = stage.pad = padded(kernel, input);
  }
  int lanes = int(blockedLanes(input.type));
  auto sumType = withLayout(type, input.type.getEncoding());
  IndexSpace space = indexSpace(sumType);
  hl::Var c = space.vars[0], x = space.vars[1], y = space.vars[2], cb = space.vars[3];
  hl::RDom r(0, w.kw, 0, w.kh, "tap");
  bool packed = isa_and_present<PackedAttr>(weight.type.getEncoding());
  hl::Expr tap = packed ? weight.func(c, r.y * w.kw + r.x, cb)
                        : weight({hl::min(cb * lanes + c, int(weight.dim(0)) - 1), 0, r.y, r.x});
  stage.acc(space.vars) = initialSum(kernel, op.getBias(), space.coords);
  stage.acc(space.vars) += tap * source.func(c, x * w.sw + r.x * w.dw - w.left,
                                             y * w.sh + r.y * w.dh - w.top, cb, space.vars[4]);
  stage.domain = r;
  IndexSpace out = indexSpace(type);
  define(kernel, op, out, TensorView{stage.acc, sumType}(out.coords));
  stage.result = kernel.view(op.getResult()).func;
  kernel.addStage(stage);
}

/// Any groups, weights and layouts; a reduction for each output.
void convPlain(LoweredKernel &kernel, ConvOp op, TensorView input, TensorView weight) {
  RankedTensorType type = resultType(op);
  Window w = windowOf(op, weight);
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("acc"), {}, {}, {}};
  TensorView source = input;
  if (leaves(w, input, type))
    source.func = stage.pad = padded(kernel, input);
  auto accType = withLayout(type, {});
  IndexSpace space = indexSpace(accType);
  const auto &at = space.coords.logical; // n, o, y, x
  int perGroup = int(weight.dim(1)), outputs = int(type.getDimSize(1) / int64_t(op.getGroup()));
  hl::RDom r(0, w.kw, 0, w.kh, 0, perGroup, "r");
  hl::Expr channel = op.getGroup() == 1 ? hl::Expr(r.z) : at[1] / outputs * perGroup + r.z;
  hl::Expr value = source(
      {at[0], channel, at[2] * w.sh + r.y * w.dh - w.top, at[3] * w.sw + r.x * w.dw - w.left});
  stage.acc(space.vars) = initialSum(kernel, op.getBias(), space.coords);
  stage.acc(space.vars) += weight({at[1], r.z, r.y, r.x}) * value;
  stage.domain = r;
  IndexSpace out = indexSpace(type);
  define(kernel, op, out, TensorView{stage.acc, accType}(out.coords));
  stage.result = kernel.view(op.getResult()).func;
  kernel.addStage(stage);
}

void convTranspose(LoweredKernel &kernel, ConvTransposeOp op) {
  TensorView input = kernel.view(op.getInput()), weight = kernel.view(op.getWeight());
  auto s = op.getStrides(), d = op.getDilations(), p = op.getPads();
  auto accType = withLayout(resultType(op), {});
  IndexSpace space = indexSpace(accType);
  const auto &at = space.coords.logical;
  int outputs = int(weight.dim(1)), perGroup = int(input.dim(1) / int64_t(op.getGroup()));
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("acc"), {}, {}, {}};
  hl::RDom r(0, int(weight.dim(3)), 0, int(weight.dim(2)), 0, perGroup, "r");
  // The input place whose window reaches this output through tap (r.y, r.x).
  hl::Expr fromY = at[2] + int(p[0]) - r.y * int(d[0]), fromX = at[3] + int(p[1]) - r.x * int(d[1]);
  hl::Expr iy = fromY / int(s[0]), ix = fromX / int(s[1]);
  hl::Expr hit = fromY % int(s[0]) == 0 && fromX % int(s[1]) == 0 && iy >= 0 && ix >= 0 &&
                 iy < int(input.dim(2)) && ix < int(input.dim(3));
  hl::Expr channel = at[1] / outputs * perGroup + r.z;
  hl::Expr value = input({at[0], channel, hl::clamp(iy, 0, int(input.dim(2)) - 1),
                          hl::clamp(ix, 0, int(input.dim(3)) - 1)});
  stage.acc(space.vars) = initialSum(kernel, op.getBias(), space.coords);
  stage.acc(space.vars) +=
      hl::select(hit, weight({channel, at[1] % outputs, r.y, r.x}) * value, 0.0f);
  stage.domain = r;
  IndexSpace out = indexSpace(resultType(op));
  define(kernel, op, out, TensorView{stage.acc, accType}(out.coords));
  stage.result = kernel.view(op.getResult()).func;
  kernel.addStage(stage);
}
} // namespace

hl::Expr initialSum(LoweredKernel &kernel, Value bias, const Coords &at) {
  if (!bias)
    return 0.0f;
  return kernel.view(bias)(at.channel());
}

int reductionStep(int64_t channels, int64_t lanes) {
  int64_t padding = int64_t(llvm::alignTo(uint64_t(channels), uint64_t(lanes))) - channels;
  return int(padding * 10 <= channels ? lanes : std::min(lanes, channels & -channels));
}

bool lowerConvolution(LoweredKernel &kernel, Operation *op) {
  if (auto transposed = dyn_cast<ConvTransposeOp>(op))
    return convTranspose(kernel, transposed), true;
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv)
    return false;
  TensorView input = kernel.view(conv.getInput()), weight = kernel.view(conv.getWeight());
  auto packed = dyn_cast_if_present<PackedAttr>(weight.type.getEncoding());
  if (packed && packed.getKind() == "conv")
    convPacked(kernel, conv, input, weight, packed);
  else if (packed && packed.getKind() == "winograd")
    lowerWinograd(kernel, conv, input, weight);
  else if (conv.isDepthwise() && blockedLanes(input.type) && weight.dim(3) <= 63)
    convDepthwise(kernel, conv, input, weight);
  else
    convPlain(kernel, conv, input, weight);
  return true;
}

} // namespace snc
