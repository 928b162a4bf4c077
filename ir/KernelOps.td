// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernel level: functions that become one machine-code kernel each.

#ifndef SNC_KERNEL_OPS_TD
#define SNC_KERNEL_OPS_TD

include "ir/SncAttrs.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Snc_KernelOp : Snc_Op<"kernel", [IsolatedFromAbove, FunctionOpInterface, Symbol]> {
  let summary = "a group of tensor ops compiled as one kernel";
  let description = [{
    Arguments and results are tensors in their layouts; the body holds tensor
    ops and ends in `snc.yield`. Weights are arguments, so kernels that differ
    only in weights are one kernel (K1). It has exactly the arguments it uses.

    ```mlir
    snc.kernel @k0(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>)
        -> tensor<1x8x4x4xf32, #snc.blocked<8>>
        attributes {schedule = #snc.schedule<elementwise, {}>} {
      %0 = snc.relu %x : (...) -> ...
      snc.yield %0 : ...
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs,
                       OptionalAttr<Snc_ScheduleAttr>:$schedule);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::FunctionType":$type)>];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
  }];
}

def Snc_YieldOp : Snc_Op<"yield", [Pure, ReturnLike, Terminator, ParentOneOf<["KernelOp", "BranchesOp"]>]> {
  let summary = "ends a kernel or a branch with its results";
  let arguments = (ins Variadic<Snc_Tensor>:$results);
  let assemblyFormat = "$results attr-dict `:` type($results)";
  let hasVerifier = 1;
}

def Snc_LaunchOp : Snc_Op<"launch", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel on tensors";
  let description = [{ Operand and result types are the kernel's own (K2). It
    runs on `unit`, a position in the module's `snc.units`, or on all of them.
    Example: `%1 = snc.launch @k0(%0) unit 1 : (...) -> ...` }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Snc_Tensor>:$inputs,
                       OptionalAttr<I64Attr>:$unit);
  let results = (outs Variadic<Snc_Tensor>:$outputs);
  let assemblyFormat = "$kernel `(` $inputs `)` (`unit` $unit^)? attr-dict `:` functional-type($inputs, $outputs)";
}

#endif // SNC_KERNEL_OPS_TD
