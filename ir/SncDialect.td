// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The `snc` dialect: where it sits and what holds at each of its levels.

#ifndef SNC_DIALECT_TD
#define SNC_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Snc_Dialect : Dialect {
  let name = "snc";
  let cppNamespace = "::snc";
  let summary = "a convolutional network on its way to a library, level by level";
  let description = [{
    The dialect sits between an imported model and LLVM IR. A module is at one
    of these levels at a time; `docs/ir.md` numbers the rules of each.

    * **tensor**: `func.func` over static `tensor` values in ONNX layout (NCHW).
      One op computes what one operator of the model means. Every op infers
      its result shape from its operands and attributes.
    * **branches**: the same, with `snc.branches` around what runs in parallel.
    * **kernel**: ops are outlined into `snc.kernel` functions, called with
      `snc.launch`. Tensor types carry a layout (`#snc.blocked`, `#snc.packed`)
      as their encoding, and each kernel has a `#snc.schedule`.
    * **schedule**: `snc.program` holds `snc.buffer`s with a place in the
      arena, the weights or the caller's memory, and `snc.call`s in order.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

// Static shapes only: symbolic dimensions get their value on import. (T1)
def Snc_Tensor : StaticShapeTensorOf<[AnyType]>;

// Compares result types by shape and element type; layouts are checked where
// they are assigned, not by shape inference.
defvar sncSharedDecls = [{
  static bool isCompatibleReturnTypes(::mlir::TypeRange l, ::mlir::TypeRange r) {
    return ::snc::sameShapes(l, r);
  }
}];

class Snc_Op<string mnemonic, list<Trait> traits = []>
    : Op<Snc_Dialect, mnemonic, traits>;

// An op of the tensor level. Pure, and its result shape is a function of its
// operands and attributes (T2).
class Snc_TensorOp<string mnemonic, list<Trait> traits = []>
    : Snc_Op<mnemonic, !listconcat(traits, [Pure, InferTypeOpAdaptor])> {
  let results = (outs Snc_Tensor:$result);
  let extraClassDeclaration = sncSharedDecls;
}

#endif // SNC_DIALECT_TD
