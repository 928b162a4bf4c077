// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/OnnxImporter.h"

#include "frontend/DiagnosticPrinter.h"
#include "frontend/GraphCheck.h"
#include "frontend/Operators.h"
#include "ir/ConstantData.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace snc {

bool parseShapeOption(StringRef text, ImportOptions &options) {
  auto [name, dims] = text.rsplit('=');
  SmallVector<StringRef> parts;
  dims.split(parts, 'x');
  SmallVector<int64_t> shape;
  for (StringRef part : parts)
    if (int64_t extent; part.getAsInteger(10, extent) || extent < 1)
      return false;
    else
      shape.push_back(extent);
  if (name.empty() || shape.empty())
    return false;
  options.shapes[name] = shape;
  return true;
}

namespace {
class Importer {
public:
  Importer(MLIRContext &context, StringRef path, const ImportOptions &options)
      : context(context), path(path), options(options),
        fileLoc(FileLineColLoc::get(&context, path, 0, 0)),
        state{OpBuilder(&context), file, 0, {}} {}

  OwningOpRef<ModuleOp> run();

private:
  LogicalResult readInputs();
  LogicalResult readInitializers();
  LogicalResult importNodes();
  LogicalResult importNode(const onnx::NodeProto &node, const std::string &name);
  LogicalResult finish();
  FailureOr<RankedTensorType> inputType(const onnx::ValueInfoProto &input);

  MLIRContext &context;
  StringRef path;
  const ImportOptions &options;
  Location fileLoc;
  ModelFile file;
  ImportState state;
  OwningOpRef<ModuleOp> module;
  func::FuncOp main;
  SmallVector<Attribute> inputNames;
  GraphFacts facts;
};

OwningOpRef<ModuleOp> Importer::run() {
  if (failed(file.open(context, path)))
    return {};
  auto checked = checkGraph(file.model(), fileLoc);
  if (failed(checked))
    return {};
  facts = std::move(*checked);
  state.opset = facts.opset;
  module = ModuleOp::create(fileLoc);
  std::string name = options.name.empty() ? llvm::sys::path::stem(path).str() : options.name;
  (*module)->setAttr("snc.model", StringAttr::get(&context, name));
  state.builder.setInsertionPointToEnd(module->getBody());
  main = state.builder.create<func::FuncOp>(fileLoc, "main", FunctionType::get(&context, {}, {}));
  state.builder.setInsertionPointToStart(main.addEntryBlock());
  if (failed(readInitializers()) || failed(readInputs()) || failed(importNodes()) ||
      failed(finish()))
    return {};
  return std::move(module);
}

FailureOr<RankedTensorType> Importer::inputType(const onnx::ValueInfoProto &input) {
  auto fail = [&] { return emitError(fileLoc, "input '") << input.name() << "': "; };
  if (!input.type().has_tensor_type())
    return fail() << "is no tensor";
  const auto &tensor = input.type().tensor_type();
  Type element = elementType(&context, tensor.elem_type());
  if (!element)
    return fail() << "has element type " << elementTypeName(tensor.elem_type())
                  << ", which is not supported: export in float32";
  auto given = options.shapes.find(input.name());
  if (!tensor.has_shape() && given == options.shapes.end())
    return fail() << "has no shape: give one with --shape " << input.name() << "=1x3x224x224";
  int rank = tensor.has_shape() ? tensor.shape().dim_size() : int(given->second.size());
  if (given != options.shapes.end() && int(given->second.size()) != rank)
    return fail() << "has rank " << rank << ", --shape gives " << shapeText(given->second);
  SmallVector<int64_t> shape;
  std::string example;
  for (int d = 0; d < rank; ++d) {
    int64_t fixed = tensor.has_shape() && tensor.shape().dim(d).has_dim_value()
                        ? tensor.shape().dim(d).dim_value()
                        : -1;
    example += (d ? "x" : "") + std::to_string(fixed > 0 ? fixed : d == 0 ? 1 : 224);
    int64_t wanted = given != options.shapes.end() ? given->second[size_t(d)] : fixed;
    if (fixed > 0 && wanted != fixed)
      return fail() << "dimension " << d << " is " << fixed << " in the model, --shape gives "
                    << wanted;
    shape.push_back(wanted);
  }
  for (int d = 0; d < rank; ++d)
    if (shape[size_t(d)] < 1) {
      std::string symbol = tensor.shape().dim(d).dim_param();
      return fail() << "dimension " << d << (symbol.empty() ? "" : " ('" + symbol + "')")
                    << " is not fixed: choose it with --shape " << input.name() << "=" << example;
    }
  SmallVector<Type> types;
  if (failed(inferShape(fileLoc, shape, element, types)))
    return failure();
  return cast<RankedTensorType>(types[0]);
}

LogicalResult Importer::readInputs() {
  llvm::StringSet<> names, initializers;
  for (const auto &tensor : file.model().graph().initializer())
    initializers.insert(tensor.name());
  for (const auto &input : file.model().graph().input()) {
    names.insert(input.name());
    if (initializers.contains(input.name()))
      continue; // an initializer listed as an input is its default: a constant
    auto type = inputType(input);
    if (failed(type))
      return failure();
    Value argument = main.getBody().front().addArgument(*type, fileLoc);
    inputNames.push_back(StringAttr::get(&context, input.name()));
    state.values[input.name()] = {argument, std::nullopt};
  }
  for (const auto &entry : options.shapes)
    if (!names.contains(entry.getKey()))
      return emitError(fileLoc, "--shape: the model has no input '") << entry.getKey() << "'";
  return success();
}

LogicalResult Importer::readInitializers() {
  for (const onnx::TensorProto &tensor : file.model().graph().initializer()) {
    if (!facts.used.contains(tensor.name()))
      continue;
    auto value = readTensor(tensor, file, fileLoc);
    if (failed(value))
      return failure();
    if (value->getNumElements() == 0) {
      state.values[tensor.name()] = {Value(), toHost(*value)};
      continue;
    }
    Location loc = NameLoc::get(StringAttr::get(&context, tensor.name()), fileLoc);
    auto type = cast<RankedTensorType>(value->getType());
    state.values[tensor.name()] = {state.builder.create<ConstantOp>(loc, type, *value),
                                   std::nullopt};
  }
  return success();
}

LogicalResult Importer::importNodes() {
  int index = 0;
  for (const onnx::NodeProto &node : file.model().graph().node()) {
    std::string name =
        node.name().empty() ? node.op_type() + "_" + std::to_string(index) : node.name();
    ++index;
    if (facts.reachable.contains(&node) && failed(importNode(node, name)))
      return failure();
  }
  return success();
}

LogicalResult Importer::importNode(const onnx::NodeProto &node, const std::string &name) {
  NodeView view(state, node, nodeLocation(&context, path, name, node.op_type()));
  for (const std::string &operand : node.input())
    if (!operand.empty() && !(state.values.count(operand) && state.values[operand].known()))
      return view.fail() << "reads '" << operand << "', which nothing before it computes";
  if (foldShapeArithmetic(view))
    return view.finish();
  Handler handler = findHandler(node.op_type());
  if (!handler)
    return view.fail() << "is supported only where it is computed from shapes";
  if (failed(handler(view)) || failed(view.finish())) {
    return failure();
  }
  return success();
}

LogicalResult Importer::finish() {
  SmallVector<Value> results;
  SmallVector<Attribute> names;
  for (const auto &output : file.model().graph().output()) {
    onnx::NodeProto reader; // makes a known value an SSA value
    *reader.add_input() = output.name();
    if (!state.values.count(output.name()))
      return emitError(fileLoc, "output '") << output.name() << "' is computed by no node";
    Value value = NodeView(state, reader, fileLoc).in(0);
    if (!value)
      return emitError(fileLoc, "output '") << output.name() << "' holds no elements";
    results.push_back(value);
    names.push_back(StringAttr::get(&context, output.name()));
  }
  state.builder.create<func::ReturnOp>(fileLoc, results);
  main.setFunctionType(FunctionType::get(&context, main.getBody().getArgumentTypes(),
                                         ValueRange(results).getTypes()));
  for (auto [i, name] : llvm::enumerate(inputNames))
    main.setArgAttr(unsigned(i), "snc.name", name);
  for (auto [i, name] : llvm::enumerate(names))
    main.setResultAttr(unsigned(i), "snc.name", name);
  return verify(*module);
}
} // namespace

OwningOpRef<ModuleOp> importOnnx(MLIRContext &context, StringRef path,
                                 const ImportOptions &options) {
  context.loadDialect<SncDialect, func::FuncDialect>();
  return Importer(context, path, options).run();
}

} // namespace snc
