/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Finding a model's weights: by the caller's pointer, by file, or embedded.
 */
#ifndef SNC_RUNTIME_WEIGHTS_H
#define SNC_RUNTIME_WEIGHTS_H

#include "snc_model.h"

/* A file mapped read-only, shared by all contexts that name it. */
typedef struct snc_mapping snc_mapping;

/* Sets *data to the weights and *mapping to what must be released when the
 * context ends (NULL when nothing). Pointer and file are checked for size and
 * content. Any thread. */
SNC_MUST_USE int32_t snc_weights_acquire(const snc_model *model, const snc_options *options,
                                         const uint8_t **data, snc_mapping **mapping);

/* Unmaps the file after its last user. NULL is fine. Any thread. */
void snc_weights_release(snc_mapping *mapping);

#endif /* SNC_RUNTIME_WEIGHTS_H */
