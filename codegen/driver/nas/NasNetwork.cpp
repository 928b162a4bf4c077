// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/nas/NasNetwork.h"

#include "codegen/driver/OutputFolder.h"
#include "codegen/emit/Names.h"
#include "frontend/DiagnosticPrinter.h"
#include "nas/model/InheritedWeights.h"
#include "nas/model/OnnxWriter.h"
#include "nas/model/WeightSource.h"
#include "onnx-ml.pb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

#include <nlohmann/json.hpp>

namespace snc {

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static int fail(const CompilerOptions &options, llvm::raw_ostream &err, llvm::Error error) {
  err << options.modelLabel() << ": error: " << llvm::toString(std::move(error)) << "\n";
  return 1;
}

/// Imports and recognises; diagnostics become the error, remarks go to `err`.
static llvm::Expected<BaseNetwork> readModel(const CompilerOptions &options,
                                             llvm::raw_ostream &err) {
  mlir::MLIRContext context;
  context.loadDialect<SncDialect, mlir::func::FuncDialect>();
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
      return printDiagnostic(diagnostic, err);
    std::string text;
    llvm::raw_string_ostream os(text);
    printDiagnostic(diagnostic, os);
    llvm::StringRef rest = llvm::StringRef(text).rtrim();
    rest.consume_front(options.model);
    rest.consume_front(": error: ");
    message += (message.empty() ? "" : "\n") + rest.str();
  });
  auto module = importOnnx(context, options.model, options.import);
  if (!module)
    return failure(message);
  mlir::PassManager pm(&context);
  buildRecognitionPipeline(pm);
  if (failed(pm.run(*module)))
    return failure(message);
  auto base = recogniseNetwork(*module);
  if (failed(base))
    return failure(message);
  return std::move(*base);
}

llvm::Expected<BaseNetwork> openBase(const CompilerOptions &options, llvm::raw_ostream &err) {
  if (llvm::sys::path::extension(options.model) == ".onnx")
    return readModel(options, err);
  auto base = readStagedNetwork(options.model);
  if (!base)
    return base.takeError();
  if (base->isBranched())
    return failure("this network is branched; --nas wants the one it is to be derived from");
  return BaseNetwork{std::move(*base), std::nullopt};
}

static NetworkWeights weightsFor(const StagedNetwork &network, const BaseNetwork &base,
                                 uint64_t seed) {
  return base.weights ? inheritedWeights(network, base.network, *base.weights, seed)
                      : initialWeights(network, seed);
}

std::string modelText(const StagedNetwork &network, const BaseNetwork &base, uint64_t seed) {
  return toOnnx(network, weightsFor(network, base, seed)).SerializeAsString();
}

namespace {
struct ChosenNetwork {
  BaseNetwork base;
  StagedNetwork network; ///< that --network names, else the base
};
} // namespace

static llvm::Expected<ChosenNetwork> openChosen(const CompilerOptions &options,
                                                llvm::raw_ostream &err) {
  auto base = openBase(options, err);
  if (!base)
    return base.takeError();
  if (options.nas.network.empty())
    return ChosenNetwork{*base, base->network};
  auto network = readStagedNetwork(options.nas.network);
  if (!network)
    return network.takeError();
  return ChosenNetwork{std::move(*base), std::move(*network)};
}

int printNetwork(const CompilerOptions &options, llvm::raw_ostream &err) {
  auto chosen = openChosen(options, err);
  if (!chosen)
    return fail(options, err, chosen.takeError());
  std::string text = options.stage == Stage::onnx
                         ? modelText(chosen->network, chosen->base, options.seed)
                         : toJson(chosen->network).dump() + "\n";
  std::error_code error;
  llvm::ToolOutputFile file(options.output.empty() ? "-" : options.output, error,
                            llvm::sys::fs::OF_None);
  if (error)
    return fail(options, err, failure("cannot write '" + options.output + "': " + error.message()));
  file.os() << text;
  file.keep();
  return 0;
}

int compileNetwork(const StagedNetwork &network, const BaseNetwork &base,
                   const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err) {
  ScratchFolder scratch;
  if (llvm::Error error = scratch.open())
    return fail(options, err, std::move(error));
  CompilerOptions one = options;
  one.nas.enabled = false;
  one.model = scratch.root() + "/network.onnx";
  one.origin = options.nas.network.empty() ? options.model : options.nas.network;
  if (one.name.empty())
    one.name = libraryNameOf(llvm::sys::path::stem(options.model));
  one.import = ImportOptions{};
  one.import.name = network.name;
  std::string model = modelText(network, base, options.seed);
  std::error_code error;
  llvm::raw_fd_ostream os(one.model, error);
  if (!error) {
    os << model;
    os.flush();
    error = os.error();
    os.clear_error();
  }
  if (error)
    return fail(options, err, failure("cannot write '" + one.model + "': " + error.message()));
  one.files["network.json"] = toJson(network).dump() + "\n";
  one.files["network.onnx"] = std::move(model);
  return compileModel(one, out, err);
}

int compileGivenNetwork(const CompilerOptions &options, llvm::raw_ostream &out,
                        llvm::raw_ostream &err) {
  auto chosen = openChosen(options, err);
  if (!chosen)
    return fail(options, err, chosen.takeError());
  return compileNetwork(chosen->network, chosen->base, options, out, err);
}

} // namespace snc
