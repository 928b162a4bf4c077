// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Schedule level: kernels in order over buffers with a place.

#ifndef SNC_SCHEDULE_OPS_TD
#define SNC_SCHEDULE_OPS_TD

include "ir/SncAttrs.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/SymbolInterfaces.td"

def Snc_Space : I32EnumAttr<"Space", "where a buffer lives", [
    I32EnumAttrCase<"arena", 0>, I32EnumAttrCase<"weights", 1>,
    I32EnumAttrCase<"input", 2>, I32EnumAttrCase<"output", 3>,
    I32EnumAttrCase<"device_arena", 4>, I32EnumAttrCase<"device_weights", 5>]> {
  let cppNamespace = "::snc";
}

def Snc_ProgramOp : Snc_Op<"program", [IsolatedFromAbove, Symbol, NoTerminator, SingleBlock]> {
  let summary = "a network as buffers and kernel calls in order";
  let description = [{
    `arena` is the size in bytes of the activations' memory, `lower_bound` the
    largest sum of buffers alive at once, which no plan can beat; `weights`
    the size of the packed weights. `device_arena` and `device_weights` are the
    same of the GPU's memory, where there is a GPU. Calls of one unit run in order, calls
    without a unit alone; units run at the same time and wait for each other
    where a `snc.wait` says so. Verified: every buffer lies inside its space
    (S1), is written before it is read (S2), shares no memory with one that is
    in use at the same time (S3), accesses are ordered (S4) and no wait is
    superfluous (S5), all whatever the speed of the units; and kernels of the
    GPU use its memory alone, others none of it (S7).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, I64Attr:$arena,
                       I64Attr:$lower_bound, I64Attr:$weights,
                       DefaultValuedOptionalAttr<I64Attr, "0">:$device_arena,
                       DefaultValuedOptionalAttr<I64Attr, "0">:$device_weights);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `arena` $arena `lower_bound` $lower_bound `weights` $weights attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
}

def Snc_BufferOp : Snc_Op<"buffer", [HasParent<"ProgramOp">]> {
  let summary = "a place in memory that holds one tensor";
  let description = [{
    `offset` counts bytes in the arena or the weights; of the caller's memory
    it is 0 and `index` numbers the model's input or output. A buffer in
    weights has the `value` to pack there.

    Example: `%a = snc.buffer arena 4096 : !snc.buffer<tensor<1x8x4x4xf32, #snc.blocked<8>>>`
  }];
  let arguments = (ins Snc_Space:$space, I64Attr:$offset,
                       OptionalAttr<I64Attr>:$index, OptionalAttr<StrAttr>:$name,
                       OptionalAttr<ElementsAttr>:$value);
  let results = (outs Snc_BufferType:$result);
  let assemblyFormat = "$space $offset attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Snc_ViewOp : Snc_Op<"view", [HasParent<"ProgramOp">, Pure]> {
  let summary = "bytes of a buffer as another tensor: a reshape, a slice or a part of a concat";
  let description = [{ `offset` counts bytes from the source's begin. }];
  let arguments = (ins Snc_BufferType:$source, OptionalAttr<I64Attr>:$offset);
  let results = (outs Snc_BufferType:$result);
  let assemblyFormat = "$source (`at` $offset^)? attr-dict `:` type($source) `to` type($result)";
  let hasVerifier = 1;
}

def Snc_CallOp : Snc_Op<"call", [HasParent<"ProgramOp">, AttrSizedOperandSegments,
                                 DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel: reads some buffers, writes others";
  let description = [{ Example: `snc.call @k0 reads(%x, %w : ...) writes(%y : ...)` }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Snc_BufferType>:$reads,
                       Variadic<Snc_BufferType>:$writes, OptionalAttr<I64Attr>:$unit);
  let assemblyFormat = "$kernel (`unit` $unit^)? `reads` `(` ($reads^ `:` type($reads))? `)` `writes` `(` $writes `:` type($writes) `)` attr-dict";
}

def Snc_SignalOp : Snc_Op<"signal", [HasParent<"ProgramOp">]> {
  let summary = "unit `unit` has done all its calls up to here";
  let arguments = (ins I64Attr:$unit);
  let results = (outs Snc_EventType:$event);
  let assemblyFormat = "$unit attr-dict";
}

def Snc_WaitOp : Snc_Op<"wait", [HasParent<"ProgramOp">]> {
  let summary = "unit `unit` goes on only after the event";
  let arguments = (ins I64Attr:$unit, Snc_EventType:$event);
  let assemblyFormat = "$unit `for` $event attr-dict";
}

#endif // SNC_SCHEDULE_OPS_TD
