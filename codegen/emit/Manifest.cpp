// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/TextFiles.h"

#include "ir/Layout.h"
#include "runtime/snc.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

namespace snc {

using llvm::json::Array;
using llvm::json::Object;

static Array tensorsJson(const std::vector<TensorDescription> &tensors) {
  Array list;
  for (const TensorDescription &t : tensors)
    list.push_back(Object{{"name", t.name},
                          {"identifier", t.identifier},
                          {"type", cType(t.type.getElementType())},
                          {"shape", Array(t.type.getShape())},
                          {"bytes", byteSize(t.type)}});
  return list;
}

/// Size and SHA-256 of every file below `root`, by relative path.
static llvm::Expected<Object> filesJson(llvm::StringRef root) {
  Object files;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(root, error), end; it != end && !error;
       it.increment(error)) {
    if (llvm::sys::fs::is_directory(it->path()))
      continue;
    auto buffer = llvm::MemoryBuffer::getFile(it->path(), false, false);
    if (!buffer)
      return llvm::errorCodeToError(buffer.getError());
    auto bytes = llvm::arrayRefFromStringRef((*buffer)->getBuffer());
    llvm::StringRef relative = llvm::StringRef(it->path()).drop_front(root.size() + 1);
    files[relative.str()] =
        Object{{"bytes", int64_t(bytes.size())},
               {"sha256", llvm::toHex(llvm::SHA256::hash(bytes), /*LowerCase=*/true)}};
  }
  if (error)
    return llvm::errorCodeToError(error);
  return files;
}

/// Lanes and rows as in ir/Layout.h; 0 lanes for plain.
static Array valuesJson(const std::vector<ValueDescription> &values) {
  Array list;
  for (const ValueDescription &v : values) {
    Object value{{"buffer", v.buffer},
                 {"type", cType(v.type.getElementType())},
                 {"shape", Array(v.type.getShape())},
                 {"lanes", blockedLanes(v.type)},
                 {"bytes", byteSize(v.type)}};
    if (v.type.getRank() == 4)
      value["rows"] = planeRows(v.type);
    list.push_back(std::move(value));
  }
  return list;
}

/// `values`: also what they read and write, for who compares a GPU's with the CPU's.
static Array kernelsJson(const std::vector<KernelDescription> &kernels, bool values) {
  Array list;
  for (const KernelDescription &k : kernels) {
    Object kernel{{"name", k.name},           {"nodes", k.nodes},       {"op", k.op},
                  {"signature", k.signature}, {"schedule", k.schedule}, {"unit", k.unit},
                  {"threads", k.threads},     {"flops", k.flops},       {"bytes", k.bytes}};
    if (values) {
      kernel["device"] = k.device;
      kernel["reads"] = valuesJson(k.reads);
      kernel["writes"] = valuesJson(k.writes);
    }
    list.push_back(std::move(kernel));
  }
  return list;
}

llvm::Expected<std::string> manifestText(const LibraryDescription &library, llvm::StringRef root) {
  auto files = filesJson(root);
  if (!files)
    return files.takeError();
  Object operators;
  for (const auto &[op, count] : library.operators)
    operators[op] = count;
  Object plan{{"strategy", library.plan.strategy}, {"predicted_us", library.plan.predictedUs}};
  if (library.plan.measuredUs)
    plan["measured_us"] = *library.plan.measuredUs;
  Object manifest{
      {"name", library.name},
      {"model", library.model},
      {"contract", "exact"},
      {"target", library.target},
      {"threads", library.threads},
      {"inputs", tensorsJson(library.inputs)},
      {"outputs", tensorsJson(library.outputs)},
      {"weights", Object{{"bytes", library.weights},
                         {"hash", llvm::utohexstr(library.weightsHash, /*LowerCase=*/true, 16)},
                         {"place", library.weightsEmbedded ? "embedded" : "file"}}},
      {"workspace",
       Object{{"bytes", library.workspaceBytes}, {"alignment", library.workspaceAlignment}}},
      {"abi_version", SNC_ABI_VERSION},
      {"activations",
       Object{{"peak_bytes", library.arena}, {"lower_bound_bytes", library.arenaLowerBound}}},
      {"operators", std::move(operators)},
      {"kernels", kernelsJson(library.kernels, library.hasGpu)},
      {"plan", std::move(plan)},
      {"files", std::move(*files)},
      {"versions", Object{{"syncnasc", SNC_VERSION},
                          {"llvm", LLVM_VERSION_STRING},
                          {"halide", SNC_HALIDE_VERSION}}},
  };
  if (library.hasGpu)
    manifest["gpu"] = Object{{"storage", library.gpuHalf ? "fp16" : "fp32"},
                             {"arena_bytes", library.deviceArena},
                             {"weights_bytes", library.deviceWeights}};
  if (!library.fallback.empty())
    manifest["fallback"] = Object{{"kernels", kernelsJson(library.fallback, true)}};
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv("{0:2}", llvm::json::Value(std::move(manifest))) << "\n";
  return os.str();
}

} // namespace snc
