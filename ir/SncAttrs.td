// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layouts, schedules and the type of a placed buffer.

#ifndef SNC_ATTRS_TD
#define SNC_ATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "ir/SncDialect.td"

class Snc_Attr<string name, string attrMnemonic>
    : AttrDef<Snc_Dialect, name> { let mnemonic = attrMnemonic; }

// A name printed without quotes.
class Snc_KeywordParameter<string text> : StringRefParameter<text> {
  let printer = [{$_printer.printKeywordOrString($_self);}];
  let parser = [{[&]() -> ::mlir::FailureOr<::std::string> {
    ::std::string word;
    if ($_parser.parseKeywordOrString(&word))
      return ::mlir::failure();
    return word;
  }()}];
}

def Snc_BlockedAttr : Snc_Attr<"Blocked", "blocked"> {
  let summary = "channels in blocks of `lanes`, innermost (NCHWc)";
  let description = [{
    The encoding of an activation `N x C x H x W`: memory order, innermost
    first, is `(lane, x, y, block, n)` with channel `block * lanes + lane`.
    C is padded up to a whole block; the padded lanes hold zero (K3).
    On a vector of C elements it means zero padding to a whole block.
    A tensor without encoding is in plain row-major order.

    `pitch` is set where the tensor is a window of rows of a higher one: the
    rows from one block to the next, instead of H.

    Example: `tensor<1x32x112x112xf32, #snc.blocked<16>>`
  }];
  let parameters = (ins "int64_t":$lanes, DefaultValuedParameter<"int64_t", "0">:$pitch);
  let builders = [AttrBuilder<(ins "int64_t":$lanes), [{
    return $_get($_ctxt, lanes, int64_t(0));
  }]>];
  let assemblyFormat = "`<` $lanes (`,` `pitch` `=` $pitch^)? `>`";
  let genVerifyDecl = 1;
}

def Snc_WindowAttr : Snc_Attr<"Window", "window"> {
  let summary = "rows of a higher plain tensor";
  let description = [{
    The encoding of an `N x C x H x W` in row-major order whose channels lie
    `pitch` rows apart, because it is a window of a tensor of that height.
  }];
  let parameters = (ins "int64_t":$pitch);
  let assemblyFormat = "`<` $pitch `>`";
  let genVerifyDecl = 1;
}

def Snc_PackedAttr : Snc_Attr<"Packed", "packed"> {
  let summary = "the memory order of weights that a schedule wants";
  let description = [{
    Memory order, innermost first, by `kind`; everything is zero-padded:
    * `conv`, O x I x KH x KW: `(lane, R, k, panel)`, output channel
      `(panel * R + r) * lanes + lane`,
      `k = ((ib * KH + ky) * KW + kx) * inputLanes + il`, input channel
      `ib * inputLanes + il`. `rows` is R. I is padded to whole input blocks.
    * `depthwise`, C x 1 x KH x KW: `(lane, ky * KW + kx, block)`.
    * `winograd`, O x I x 3 x 3: `(lane, R, k, point, panel)`, k an input channel,
      otherwise as `conv`; the numbers are those of G g G^T at each of the 36
      points of F(4x4, 3x3), not the weights themselves.
    * `panel`, a matrix K x N (or N x K when `transposed`):
      `(q, k, panel)`, column `panel * lanes + q`.
    Grouped `conv` weights are packed group by group, outermost.

    Example: `tensor<96x16x1x1xf32, #snc.packed<conv, lanes = 16, rows = 3, inputLanes = 16>>`
  }];
  let parameters = (ins Snc_KeywordParameter<"conv, winograd, depthwise or panel">:$kind,
                        "int64_t":$lanes,
                        DefaultValuedParameter<"int64_t", "1">:$rows,
                        DefaultValuedParameter<"int64_t", "1">:$inputLanes,
                        DefaultValuedParameter<"int64_t", "1">:$groups,
                        DefaultValuedParameter<"bool", "false">:$transposed);
  let assemblyFormat = "`<` $kind `,` struct($lanes, $rows, $inputLanes, $groups, $transposed) `>`";
  let genVerifyDecl = 1;
}

def Snc_ScheduleAttr : Snc_Attr<"Schedule", "schedule"> {
  let summary = "how a kernel is computed: a schedule family and its numbers";
  let description = [{
    `kind` names a family of `codegen/schedule`; `params` are its integers
    (tile sizes, strips). Chosen by `--snc-choose-schedules`, read by the
    kernel compiler, and the only source of such numbers (K4).

    Example: `#snc.schedule<pointwise, {pixels = 7, rows = 3, strips = 2}>`
  }];
  let parameters = (ins Snc_KeywordParameter<"schedule family">:$kind,
                        "::mlir::DictionaryAttr":$params);
  let assemblyFormat = "`<` $kind `,` $params `>`";
  let extraClassDeclaration = [{
    /// The integer parameter `name`, or `fallback` where it is absent.
    int64_t get(::llvm::StringRef name, int64_t fallback) const;
  }];
}

def Snc_BufferType : TypeDef<Snc_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "memory with a place, holding one tensor in its layout";
  let parameters = (ins "::mlir::RankedTensorType":$tensor);
  let assemblyFormat = "`<` $tensor `>`";
}

def Snc_EventType : TypeDef<Snc_Dialect, "Event"> {
  let mnemonic = "event";
  let summary = "a unit has come so far";
}

#endif // SNC_ATTRS_TD
