// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Summary.h"

#include "ir/ShapeInference.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"

namespace snc {

static void printTensors(llvm::raw_ostream &os, const char *label,
                         const std::vector<TensorDescription> &tensors) {
  for (const TensorDescription &t : tensors)
    os << label << t.name << ": " << cType(t.type.getElementType()) << " "
       << shapeText(t.type.getShape()) << "\n";
}

void printSummary(llvm::raw_ostream &os, const LibraryDescription &library,
                  const KernelPoolResult &kernels, llvm::StringRef folder, double seconds) {
  auto kib = [](int64_t bytes) { return llvm::format("%.1f KiB", double(bytes) / 1024); };
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
  os << "memory   activations " << kib(library.arena) << " (lower bound "
     << kib(library.arenaLowerBound) << "), weights " << kib(library.weights)
     << (library.weightsEmbedded ? ", embedded" : ", in a file") << "\n";
  os << "library  " << folder << ": lib" << library.name << ".so with " << kib(code)
     << " of code for " << library.target << ", " << library.threads << " threads; "
     << llvm::format("%.1f s", seconds) << "\n";
}

} // namespace snc
