// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Summary.h"

#include "ir/ShapeInference.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"

namespace snc {

/// Bytes for people: "5.7 MiB".
static std::string sizeText(int64_t bytes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (bytes < 1 << 10)
    os << bytes << " bytes";
  else if (bytes < 1 << 20)
    os << llvm::format("%.1f KiB", double(bytes) / (1 << 10));
  else
    os << llvm::format("%.1f MiB", double(bytes) / (1 << 20));
  return text;
}

static void printTensors(llvm::raw_ostream &os, const char *label,
                         const std::vector<TensorDescription> &tensors) {
  for (const TensorDescription &t : tensors)
    os << label << t.name << ": " << cType(t.type.getElementType()) << " "
       << shapeText(t.type.getShape()) << "\n";
}

void printSummary(llvm::raw_ostream &os, const LibraryDescription &library,
                  const KernelPoolResult &kernels, llvm::StringRef folder, double seconds) {
  uint64_t size = 0;
  llvm::sys::fs::file_size(folder + "/lib/lib" + library.name + ".so", size);
  int64_t code = int64_t(size) - (library.weightsEmbedded ? library.weights : 0);
  double flops = 0;
  for (const KernelDescription &k : library.kernels)
    flops += double(k.flops);
  printTensors(os, "input    ", library.inputs);
  printTensors(os, "output   ", library.outputs);
  os << "kernels  " << library.kernels.size() << " launches of "
     << kernels.compiled + kernels.cached << " kernels (" << kernels.cached << " from the cache), "
     << llvm::format("%.1f", flops * 1e-6) << " MFLOP\n";
  os << "memory   activations " << sizeText(library.arena) << " (lower bound "
     << sizeText(library.arenaLowerBound) << "), weights " << sizeText(library.weights)
     << (library.weightsEmbedded ? ", embedded" : ", in a file") << "\n";
  if (library.hasGpu)
    os << "gpu      activations " << sizeText(library.deviceArena) << ", weights "
       << sizeText(library.deviceWeights) << (library.gpuHalf ? ", in halves\n" : "\n");
  os << "library  " << folder << ": lib" << library.name << ".so and .a, " << sizeText(code)
     << " without weights, for " << library.target << ", " << library.threads << " threads; "
     << llvm::format("%.1f s", seconds) << "\n";
}

} // namespace snc
