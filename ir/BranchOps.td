// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Branch level: parallel regions, each on its own unit, and how they join.

#ifndef SNC_BRANCH_OPS_TD
#define SNC_BRANCH_OPS_TD

include "ir/SncAttrs.td"
include "mlir/IR/EnumAttr.td"

def Snc_Sync : I32EnumAttr<"Sync", "how branches join", [
    I32EnumAttrCase<"add", 0>, I32EnumAttrCase<"concat", 1>, I32EnumAttrCase<"join", 2>]> {
  let cppNamespace = "::snc";
}

def Snc_BranchesOp : Snc_Op<"branches", [RecursiveMemoryEffects]> {
  let summary = "parts of a network that run at the same time, and their sync";
  let description = [{
    One region for each branch; branch i runs on unit `units[i]` (a position in
    the module's `snc.units`) and yields its parts of the results. The sync
    point behind them makes results of parts (SyncNAS, section 3):
    * `add`: the sum of the parts, which are partial sums of one tensor;
    * `concat`: result r is its parts in order along `axes[r]`;
    * `join`: the parts themselves, those of branch 0 first; what was parallel
      in the model already.

    ```mlir
    %1 = snc.branches concat units [0, 1] axes [1] : tensor<1x32x7x7xf32> {
      %a = snc.conv %x, %wa {...} : ... -> tensor<1x16x7x7xf32>
      snc.yield %a : tensor<1x16x7x7xf32>
    }, {
      %b = snc.conv %x, %wb {...} : ... -> tensor<1x16x7x7xf32>
      snc.yield %b : tensor<1x16x7x7xf32>
    }
    ```
  }];
  let arguments = (ins Snc_Sync:$sync, DenseI64ArrayAttr:$units,
                       OptionalAttr<DenseI64ArrayAttr>:$axes);
  let results = (outs Variadic<Snc_Tensor>:$results);
  let regions = (region VariadicRegion<SizedRegion<1>>:$parts);
  let assemblyFormat = "$sync `units` $units (`axes` $axes^)? attr-dict-with-keyword `:` type($results) $parts";
  let hasVerifier = 1;
}

#endif // SNC_BRANCH_OPS_TD
