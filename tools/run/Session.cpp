// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Session.h"

#include <cstdlib>
#include <cstring>
#include <random>

namespace snc::run {

std::vector<Session::Memory> Session::allocate(const std::vector<const snc_tensor_info *> &infos) {
  std::vector<Memory> memory;
  for (const snc_tensor_info *info : infos) {
    size_t bytes = (info->bytes + 63) / 64 * 64 + 64;
    char *data = static_cast<char *>(std::aligned_alloc(64, bytes));
    if (!data)
      throw RunError("out of memory for tensor '" + std::string(info->name) + "'");
    std::memset(data, 0, bytes);
    memory.emplace_back(data, std::free);
  }
  return memory;
}

Session::Session(const LoadedLibrary &library, const snc_options &options)
    : library_(library), context_(library.create(options)), inputs_(allocate(library.inputs())),
      outputs_(allocate(library.outputs())) {
  for (Memory &m : inputs_)
    inputPointers_.push_back(m.get());
  for (Memory &m : outputs_)
    outputPointers_.push_back(m.get());
}

Session::~Session() { library_.destroy(context_); }

void Session::run() { library_.run(context_, inputPointers_.data(), outputPointers_.data()); }

void Session::fillRandom(uint32_t seed) {
  std::mt19937 generator(seed);
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const snc_tensor_info &info = *library_.inputs()[i];
    if (info.dtype == SNC_FLOAT32) {
      auto *values = reinterpret_cast<float *>(input(i));
      for (uint64_t k = 0; k < info.bytes / sizeof(float); ++k)
        values[k] = float(generator()) / 2147483648.0f - 1.0f;
    } // others stay zero: any other value may be out of a model's range
  }
}

} // namespace snc::run
