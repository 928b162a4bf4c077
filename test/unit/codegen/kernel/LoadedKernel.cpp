// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "LoadedKernel.h"

#include "HalideRuntime.h"
#include "codegen/KernelCompiler.h"
#include "ir/Layout.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

#include <cstring>
#include <gtest/gtest.h>
#include <map>

using namespace mlir;
namespace orc = llvm::orc;

namespace snc::test {

namespace {
// ---- the runtime that kernels see ---------------------------------------------

/// What the runtime's allocator adds to a block, as the compiler assumes.
constexpr int64_t kBlockOverhead = 256;

struct Scratch {
  std::map<void *, int64_t> live;
  int64_t used[2] = {}, peak[2] = {}; ///< outside and inside parallel loops
  int depth = 0;
};
Scratch scratch;
std::string failureText;

void *kernelMalloc(void *, size_t bytes) {
  // Halide may read a vector past the end; the runtime's blocks have room for that.
  void *block = std::aligned_alloc(128, (bytes + 127) / 128 * 128 + 128);
  std::memset(block, 0xff, bytes); // NaN
  int level = scratch.depth > 0;
  scratch.live[block] = int64_t(bytes);
  scratch.used[level] += int64_t(bytes) + kBlockOverhead;
  scratch.peak[level] = std::max(scratch.peak[level], scratch.used[level]);
  return block;
}

void kernelFree(void *, void *block) {
  if (!block)
    return;
  scratch.used[scratch.depth > 0] -= scratch.live.at(block) + kBlockOverhead;
  scratch.live.erase(block);
  std::free(block);
}

void kernelError(void *, const char *message) { failureText = message; }

/// Backwards: no iteration may rely on an earlier one.
int kernelParFor(void *uc, halide_task_t task, int min, int size, uint8_t *closure) {
  ++scratch.depth;
  int result = 0;
  for (int i = min + size; i-- > min && !result;)
    result = task(uc, i, closure);
  --scratch.depth;
  return result;
}

// ---- loading -------------------------------------------------------------------

std::unique_ptr<orc::LLJIT> makeLoader() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::cantFail(orc::LLJITBuilder().create());
  orc::SymbolMap symbols;
  auto symbol = [&](const char *name, auto *function) {
    symbols[jit->mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                           llvm::JITSymbolFlags::Exported};
  };
  symbol("halide_malloc", kernelMalloc);
  symbol("halide_free", kernelFree);
  symbol("halide_error", kernelError);
  symbol("halide_do_par_for", kernelParFor);
  llvm::cantFail(jit->getMainJITDylib().define(orc::absoluteSymbols(symbols)));
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess('\0');
  jit->getMainJITDylib().addGenerator(llvm::cantFail(std::move(process))); // libm, memset
  return jit;
}

int call(void *function, std::vector<halide_buffer_t> &b) {
  using P = halide_buffer_t *;
  void *uc = nullptr;
  switch (b.size()) {
  case 1:
    return ((int (*)(void *, P))function)(uc, &b[0]);
  case 2:
    return ((int (*)(void *, P, P))function)(uc, &b[0], &b[1]);
  case 3:
    return ((int (*)(void *, P, P, P))function)(uc, &b[0], &b[1], &b[2]);
  case 4:
    return ((int (*)(void *, P, P, P, P))function)(uc, &b[0], &b[1], &b[2], &b[3]);
  case 5:
    return ((int (*)(void *, P, P, P, P, P))function)(uc, &b[0], &b[1], &b[2], &b[3], &b[4]);
  case 6:
    return ((int (*)(void *, P, P, P, P, P, P))function)(uc, &b[0], &b[1], &b[2], &b[3], &b[4],
                                                         &b[5]);
  case 7:
    return ((int (*)(void *, P, P, P, P, P, P, P))function)(uc, &b[0], &b[1], &b[2], &b[3], &b[4],
                                                            &b[5], &b[6]);
  case 8:
    return ((int (*)(void *, P, P, P, P, P, P, P, P))function)(uc, &b[0], &b[1], &b[2], &b[3],
                                                               &b[4], &b[5], &b[6], &b[7]);
  }
  return -1;
}

/// Memory for one tensor: 64-byte aligned, or to one element alone where it is the
/// caller's, with canaries around.
class Guarded {
public:
  Guarded(RankedTensorType type, char filling)
      : bytes(size_t(byteSize(type))),
        offset(kGuard + (type.getEncoding() ? 0 : size_t(elementBytes(type.getElementType())))) {
    size_t all = (bytes + 2 * kGuard + 128) / 64 * 64;
    block = static_cast<char *>(std::aligned_alloc(64, all));
    std::memset(block, 0x5a, all);
    std::memset(data(), filling, bytes);
  }
  ~Guarded() { std::free(block); }
  Guarded(const Guarded &) = delete;

  char *data() { return block + offset; }
  bool intact() const {
    for (size_t i = 0; i < kGuard; ++i)
      if (block[offset - kGuard + i] != 0x5a || block[offset + bytes + i] != 0x5a)
        return false;
    return true;
  }

private:
  static constexpr size_t kGuard = 256;
  size_t bytes, offset;
  char *block;
};
} // namespace

std::vector<char> runKernel(ModuleOp module, KernelOp kernel,
                            const std::vector<std::vector<char>> &arguments) {
  llvm::SmallString<128> path;
  if (llvm::sys::fs::createTemporaryFile("kernel", "o", path))
    return ADD_FAILURE() << "no temporary file", std::vector<char>();
  FailureOr<KernelInfo> info = compileKernel(module, path);
  auto object = llvm::MemoryBuffer::getFile(path);
  llvm::sys::fs::remove(path);
  if (failed(info) || !object)
    return ADD_FAILURE() << "does not compile", std::vector<char>();
  auto jit = makeLoader();
  llvm::cantFail(jit->addObjectFile(std::move(*object)));
  void *function = llvm::cantFail(jit->lookup(kernel.getSymName())).toPtr<void *>();

  std::vector<std::unique_ptr<Guarded>> blocks;
  std::vector<halide_buffer_t> buffers;
  auto add = [&](Type t, const std::vector<char> *data) {
    blocks.push_back(std::make_unique<Guarded>(cast<RankedTensorType>(t), char(0xff)));
    if (data)
      std::memcpy(blocks.back()->data(), data->data(), data->size());
    halide_buffer_t buffer{};
    buffer.host = reinterpret_cast<uint8_t *>(blocks.back()->data());
    buffers.push_back(buffer);
  };
  for (auto [type, data] : llvm::zip(kernel.getArgumentTypes(), arguments))
    add(type, &data);
  add(kernel.getResultTypes()[0], nullptr);
  scratch = {};
  EXPECT_EQ(call(function, buffers), 0) << failureText;
  EXPECT_TRUE(scratch.live.empty());
  EXPECT_LE(scratch.peak[0], info->scratch);
  EXPECT_LE(scratch.peak[1], info->workerScratch);
  for (auto &block : blocks)
    EXPECT_TRUE(block->intact()) << "writes outside its result";
  for (auto [block, data] : llvm::zip(blocks, arguments))
    EXPECT_EQ(std::memcmp(block->data(), data.data(), data.size()), 0) << "writes to an argument";
  char *result = blocks.back()->data();
  return {result, result + byteSize(cast<RankedTensorType>(kernel.getResultTypes()[0]))};
}

} // namespace snc::test
