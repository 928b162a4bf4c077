// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One node of the model while it is imported: its attributes and operands with
// types checked, and what it becomes.

#ifndef SNC_FRONTEND_NODEVIEW_H
#define SNC_FRONTEND_NODEVIEW_H

#include "frontend/HostTensor.h"
#include "ir/ShapeInference.h"

#include "mlir/IR/Builders.h"

namespace snc {

/// A value of the model: an SSA value, numbers known at compile time, or both.
struct Entry {
  mlir::Value value;
  std::optional<HostTensor> host;
  bool known() const { return value || host; }
};

/// What all nodes share.
struct ImportState {
  mlir::OpBuilder builder;
  ModelFile &file;
  int64_t opset = 0;
  llvm::StringMap<Entry> values;
};

class NodeView {
public:
  NodeView(ImportState &state, const onnx::NodeProto &node, mlir::Location loc)
      : state(state), node(node), loc(loc) {}

  llvm::StringRef op() const { return node.op_type(); }
  int64_t opset() const { return state.opset; }
  mlir::OpBuilder &builder() { return state.builder; }
  ModelFile &file() { return state.file; }
  mlir::Location location() const { return loc; }
  const onnx::NodeProto &proto() const { return node; }

  /// Emits an error at the node. Converts to failure().
  mlir::InFlightDiagnostic fail() const { return mlir::emitError(loc); }

  // ---- attributes; the fallback stands for an absent one, a wrong type is an
  // error that finish() reports.
  bool has(llvm::StringRef name) const { return find(name) != nullptr; }
  int64_t i(llvm::StringRef name, int64_t fallback);
  float f(llvm::StringRef name, float fallback);
  std::string s(llvm::StringRef name, llvm::StringRef fallback);
  llvm::SmallVector<int64_t> ints(llvm::StringRef name, llvm::ArrayRef<int64_t> fallback = {});
  llvm::SmallVector<float> floats(llvm::StringRef name);
  const onnx::AttributeProto *find(llvm::StringRef name) const;

  // ---- operands
  int inputs() const { return node.input_size(); }
  /// True when operand `k` is given (an empty name stands for none).
  bool hasInput(int k) const { return k < node.input_size() && !node.input(k).empty(); }
  /// Operand `k` as an SSA value, made from its numbers where needed. Null when
  /// it is absent or holds nothing.
  mlir::Value in(int k);
  mlir::RankedTensorType type(int k);
  int64_t rank(int k) { return type(k) ? type(k).getRank() : 0; }
  /// Operand `k` as numbers; null where it is computed at run time.
  const HostTensor *host(int k);
  /// Integers that must be known; an error that names the operand otherwise.
  mlir::FailureOr<llvm::SmallVector<int64_t>> constantInts(int k, llvm::StringRef what);

  /// `axis` of a tensor of rank `rank`, negative ones from the end.
  mlir::FailureOr<int64_t> axis(int64_t axis, int64_t rank);

  /// The attribute `name`, or operand \p k where it is given, which must be known.
  mlir::FailureOr<llvm::SmallVector<int64_t>> intsOrOperand(llvm::StringRef name, int k);
  /// The same for axes, as indices into a tensor of rank `rank`.
  mlir::FailureOr<llvm::SmallVector<int64_t>> axes(int k, int64_t rank);

  // ---- results
  int outputs() const { return node.output_size(); }
  bool hasOutput(int k) const { return k < node.output_size() && !node.output(k).empty(); }
  mlir::LogicalResult set(int k, mlir::FailureOr<mlir::Value> value);
  mlir::LogicalResult setHost(int k, HostTensor value);

  /// Creates `Op` with its inferred result type. Operands may end in nulls
  /// (optional ones). A diagnostic at the node where they do not fit.
  template <typename Op>
  mlir::FailureOr<mlir::Value> make(mlir::ValueRange operands,
                                    llvm::ArrayRef<mlir::NamedAttribute> attrs = {});

  // Attributes for make().
  mlir::NamedAttribute list(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
  mlir::NamedAttribute number(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute real(llvm::StringRef name, float value);
  mlir::NamedAttribute flag(llvm::StringRef name, bool value);
  mlir::NamedAttribute text(llvm::StringRef name, llvm::StringRef value);

  /// `v` under another shape of as many elements.
  mlir::FailureOr<mlir::Value> reshape(mlir::Value v, llvm::ArrayRef<int64_t> shape);
  /// A constant f32 scalar.
  mlir::Value scalar(float value);

  /// Failure when an attribute had a wrong type.
  mlir::LogicalResult finish() const { return mlir::failure(badAttribute); }

private:
  const onnx::AttributeProto *typed(llvm::StringRef name, onnx::AttributeProto::AttributeType type);

  ImportState &state;
  const onnx::NodeProto &node;
  mlir::Location loc;
  bool badAttribute = false;
};

template <typename Op>
mlir::FailureOr<mlir::Value> NodeView::make(mlir::ValueRange operands,
                                            llvm::ArrayRef<mlir::NamedAttribute> attrs) {
  mlir::OperationState made(loc, Op::getOperationName());
  for (mlir::Value v : operands)
    if (v)
      made.operands.push_back(v);
  auto dictionary = builder().getDictionaryAttr(attrs);
  if constexpr (requires { typename Op::Properties; }) {
    auto &properties = made.getOrAddProperties<typename Op::Properties>();
    if (failed(Op::setPropertiesFromAttr(properties, dictionary, [&] { return fail(); })))
      return mlir::failure();
  }
  // Inference first: building an op that does not fit would end the program.
  if (failed(Op::inferReturnTypes(builder().getContext(), loc, made.operands, dictionary,
                                  made.getRawProperties(), {}, made.types)))
    return mlir::failure();
  return builder().create(made)->getResult(0);
}

/// Imports one operator; the table is in Operators.cpp.
using Handler = mlir::LogicalResult (*)(NodeView &node);

} // namespace snc

#endif // SNC_FRONTEND_NODEVIEW_H
