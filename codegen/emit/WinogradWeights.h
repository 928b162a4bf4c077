// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Filters as Winograd's algorithm multiplies them.

#ifndef SNC_CODEGEN_EMIT_WINOGRADWEIGHTS_H
#define SNC_CODEGEN_EMIT_WINOGRADWEIGHTS_H

#include "ir/SncOps.h"

namespace snc {

/// G g G^T of each 3x3 filter g in `weights` (O x I x 3 x 3, f32, row-major; its size is
/// checked by the caller), in the order of `packed`, computed in double. Padding is zero.
std::vector<char> packWinograd(PackedAttr packed, llvm::ArrayRef<int64_t> shape,
                               llvm::ArrayRef<char> weights);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_WINOGRADWEIGHTS_H
