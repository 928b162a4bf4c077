// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/WeightPacker.h"

#include "codegen/emit/WinogradWeights.h"
#include "ir/ConstantData.h"
#include "ir/Layout.h"
#include "ir/Target.h"

#include <cstring>

using namespace mlir;

namespace snc {

namespace {
/// Where the element at `i` (coordinates in model order) lies, in elements.
int64_t packedIndex(PackedAttr p, ArrayRef<int64_t> shape, ArrayRef<int64_t> i) {
  int64_t lanes = p.getLanes();
  if (p.getKind() == "panel") {
    int64_t k = i[p.getTransposed() ? 1 : 0], n = i[p.getTransposed() ? 0 : 1];
    int64_t depth = shape[p.getTransposed() ? 1 : 0];
    return (n / lanes * depth + k) * lanes + n % lanes;
  }
  int64_t taps = shape[2] * shape[3], tap = i[2] * shape[3] + i[3];
  if (p.getKind() == "depthwise")
    return (i[0] / lanes * taps + tap) * lanes + i[0] % lanes;
  int64_t perGroup = shape[0] / p.getGroups(), rows = p.getRows(), il = p.getInputLanes();
  int64_t group = i[0] / perGroup, o = i[0] % perGroup, block = o / lanes;
  int64_t depth = int64_t(llvm::alignTo(uint64_t(shape[1]), uint64_t(il))) * taps;
  int64_t panels = int64_t(llvm::divideCeil(uint64_t(perGroup), uint64_t(lanes * rows)));
  int64_t k = (i[1] / il * taps + tap) * il + i[1] % il;
  return (((group * panels + block / rows) * depth + k) * rows + block % rows) * lanes + o % lanes;
}

int64_t blockedIndex(int64_t lanes, ArrayRef<int64_t> shape, ArrayRef<int64_t> i) {
  if (shape.size() == 1)
    return i[0];
  int64_t blocks = int64_t(llvm::divideCeil(uint64_t(shape[1]), uint64_t(lanes)));
  return (((i[0] * blocks + i[1] / lanes) * shape[2] + i[2]) * shape[3] + i[3]) * lanes +
         i[1] % lanes;
}
} // namespace

std::vector<char> packTensor(ElementsAttr value, RankedTensorType type) {
  llvm::SmallVector<char> storage;
  ArrayRef<char> raw = rawData(value, storage);
  if (!type.getEncoding())
    return std::vector<char>(raw.begin(), raw.end());
  ArrayRef<int64_t> shape = type.getShape();
  auto layout = dyn_cast<PackedAttr>(type.getEncoding());
  if (layout && layout.getKind() == "winograd")
    return packWinograd(layout, shape, raw);
  std::vector<char> packed(size_t(byteSize(type)), 0);
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  size_t bytes = size_t(elementBytes(type.getElementType()));
  for (size_t n = 0; n < raw.size() / bytes; ++n) {
    int64_t to =
        layout ? packedIndex(layout, shape, index) : blockedIndex(blockedLanes(type), shape, index);
    std::memcpy(packed.data() + size_t(to) * bytes, raw.data() + n * bytes, bytes);
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
  return packed;
}

int64_t deviceWeightsBegin(ProgramOp program) {
  return int64_t(llvm::alignTo(program.getWeights(), uint64_t(kDeviceAlignment)));
}

int64_t blobBytes(ModuleOp module) {
  int64_t bytes = 0;
  for (ProgramOp program : module.getOps<ProgramOp>()) {
    auto device = int64_t(program.getDeviceWeights());
    bytes = std::max(bytes,
                     device ? deviceWeightsBegin(program) + device : int64_t(program.getWeights()));
  }
  return bytes;
}

FailureOr<std::vector<char>> packWeights(ModuleOp module) {
  std::vector<char> blob(size_t(blobBytes(module)), 0);
  for (ProgramOp program : module.getOps<ProgramOp>())
    for (BufferOp buffer : program.getBody().getOps<BufferOp>()) {
      if (!buffer.getValue())
        continue;
      std::vector<char> packed = packTensor(*buffer.getValue(), buffer.getType().getTensor());
      if (int64_t(packed.size()) != byteSize(buffer.getType().getTensor()))
        return buffer.emitOpError("has no data: its value was left out when it was printed");
      bool device = buffer.getSpace() == Space::device_weights;
      int64_t begin = device ? deviceWeightsBegin(program) : 0;
      std::memcpy(blob.data() + begin + buffer.getOffset(), packed.data(), packed.size());
    }
  return blob;
}

} // namespace snc
