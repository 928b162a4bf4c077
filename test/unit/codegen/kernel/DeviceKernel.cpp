// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DeviceKernel.h"

#include "LoadedKernel.h"
#include "codegen/KernelCompiler.h"
#include "codegen/emit/Link.h"
#include "ir/Layout.h"
#include "ir/Target.h"

#include "Halide.h"
#include "HalideRuntime.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/TargetSelect.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace mlir;
namespace orc = llvm::orc;

namespace snc::test {

namespace {
std::string failureText;
void onError(void *, const char *message) { failureText += message; }

/// A file that is removed in the end.
struct TemporaryFile {
  explicit TemporaryFile(StringRef suffix) {
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("kernel", suffix, path));
  }
  ~TemporaryFile() { llvm::sys::fs::remove(path); }
  llvm::SmallString<128> path;
};

/// Halide's runtime as a shared library: it has constructors, which LLJIT leaves out.
std::unique_ptr<orc::DynamicLibrarySearchGenerator> loadRuntime(char prefix) {
  TemporaryFile object("o"), library("so");
  Halide::Target target(findTarget("host")->halide.str() + "-opencl-cl_doubles-user_context");
  Halide::compile_standalone_runtime(std::string(object.path), target);
  std::string lld = llvm::cantFail(LinkTools::find()).lld;
  int status =
      llvm::sys::ExecuteAndWait(lld, {lld, "-shared", object.path.str(), "-o", library.path.str()});
  EXPECT_EQ(status, 0) << "the runtime cannot be linked";
  return llvm::cantFail(orc::DynamicLibrarySearchGenerator::Load(library.path.c_str(), prefix));
}

/// Halide's runtime, and kernels beside it, each in a library of its own.
class Driver {
public:
  Driver() {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    jit = llvm::cantFail(orc::LLJITBuilder().create());
    char prefix = jit->getDataLayout().getGlobalPrefix();
    jit->getMainJITDylib().addGenerator(loadRuntime(prefix));
    auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(prefix);
    jit->getMainJITDylib().addGenerator(llvm::cantFail(std::move(process)));
    call<void>("halide_set_error_handler", &onError);
    interface = call<const halide_device_interface_t *>("halide_opencl_device_interface");
  }

  template <typename Result, typename... Args> Result call(const char *name, Args... args) {
    return llvm::cantFail(jit->lookup(name)).toPtr<Result (*)(Args...)>()(args...);
  }

  /// The address of kernel `name` in `code`.
  void *load(std::unique_ptr<llvm::MemoryBuffer> code, StringRef name) {
    auto &library = llvm::cantFail(jit->createJITDylib("kernel" + std::to_string(count++)));
    library.addToLinkOrder(jit->getMainJITDylib());
    llvm::cantFail(jit->addObjectFile(library, std::move(code)));
    return llvm::cantFail(jit->lookup(library, name)).toPtr<void *>();
  }

  std::unique_ptr<orc::LLJIT> jit;
  const halide_device_interface_t *interface;
  int count = 0;
};

Driver &driver() {
  static auto *driver = new Driver; // the device's threads may outlive main
  return *driver;
}

/// A buffer of bytes on the host and the device. What a kernel does not write keeps
/// what it was.
struct Memory {
  explicit Memory(size_t size, const std::vector<char> *data) : bytes(size, char(0xff)) {
    if (data)
      bytes.assign(data->begin(), data->end());
    dim = {0, int32_t(bytes.size()), 1, 0};
    buffer.host = reinterpret_cast<uint8_t *>(bytes.data());
    buffer.type = halide_type_t(halide_type_uint, 8);
    buffer.dimensions = 1;
    buffer.dim = &dim;
    buffer.flags = halide_buffer_flag_host_dirty;
  }
  Memory(const Memory &) = delete;
  ~Memory() { driver().call<int>("halide_device_free", static_cast<void *>(nullptr), &buffer); }

  std::vector<char> bytes;
  halide_dimension_t dim;
  halide_buffer_t buffer{};
};

int run(void *function, std::vector<std::unique_ptr<Memory>> &memory) {
  std::vector<halide_buffer_t *> b(16);
  for (auto [i, m] : llvm::enumerate(memory)) {
    b[i] = &m->buffer;
    if (int error = driver().call<int>("halide_copy_to_device", static_cast<void *>(nullptr), b[i],
                                       driver().interface))
      return error;
  }
  // More arguments than the function has do no harm on the machines that tests run on.
  auto f = reinterpret_cast<int (*)(void *, ...)>(function);
  int error = f(nullptr, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11]);
  for (auto &m : memory)
    if (!error) {
      m->buffer.set_device_dirty(true);
      error = driver().call<int>("halide_copy_to_host", static_cast<void *>(nullptr), &m->buffer);
    }
  return error;
}
} // namespace

bool hasOpenCL() {
  static const bool has = [] {
    auto library = llvm::sys::DynamicLibrary::getPermanentLibrary("libOpenCL.so.1");
    auto platforms = reinterpret_cast<int (*)(unsigned, void *, unsigned *)>(
        library.isValid() ? library.getAddressOfSymbol("clGetPlatformIDs") : nullptr);
    unsigned count = 0;
    return platforms && platforms(0, nullptr, &count) == 0 && count > 0;
  }();
  return has;
}

std::vector<char> runOnDevice(ModuleOp module, KernelOp kernel,
                              const std::vector<std::vector<char>> &arguments) {
  TemporaryFile file("o");
  FailureOr<KernelInfo> info = compileKernel(module, file.path);
  auto object = llvm::MemoryBuffer::getFile(file.path);
  if (failed(info) || !object)
    return ADD_FAILURE() << "does not compile", std::vector<char>();
  EXPECT_FALSE(info->deviceCode.empty());
  ScheduleAttr schedule = kernel.getScheduleAttr();
  if (schedule && schedule.get("stage", 0))
    EXPECT_NE(info->deviceCode.find("(__local float"), std::string::npos) << "does not stage";
  EXPECT_EQ(info->scratch + info->workerScratch, 0);
  void *function = driver().load(std::move(*object), kernel.getSymName());
  std::vector<std::unique_ptr<Memory>> memory;
  for (const std::vector<char> &data : arguments)
    memory.push_back(std::make_unique<Memory>(data.size(), &data));
  auto type = cast<RankedTensorType>(kernel.getResultTypes()[0]);
  memory.push_back(std::make_unique<Memory>(size_t(byteSize(type)), nullptr));
  failureText.clear();
  EXPECT_EQ(run(function, memory), 0) << failureText;
  for (auto [m, data] : llvm::zip(memory, arguments))
    EXPECT_EQ(m->bytes, data) << "writes to an argument";
  return memory.back()->bytes;
}

} // namespace snc::test
