/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Constant answers about a model, and the text of status codes.
 */
#include "snc_model.h"

uint32_t snc_model_input_count(const snc_model *model) { return model->num_inputs; }
uint32_t snc_model_output_count(const snc_model *model) { return model->num_outputs; }
uint32_t snc_model_kernel_count(const snc_model *model) { return model->num_kernels; }

const snc_tensor_info *snc_model_input_info(const snc_model *model, uint32_t index) {
  return index < model->num_inputs ? &model->inputs[index] : NULL;
}

const snc_tensor_info *snc_model_output_info(const snc_model *model, uint32_t index) {
  return index < model->num_outputs ? &model->outputs[index] : NULL;
}

const snc_kernel_info *snc_model_kernel_info(const snc_model *model, uint32_t index) {
  return index < model->num_kernels ? &model->kernels[index] : NULL;
}

const char *snc_strerror(int32_t status) {
  switch (status) {
  case SNC_OK:
    return "success";
  case SNC_INVALID_ARGUMENT:
    return "invalid argument";
  case SNC_OUT_OF_MEMORY:
    return "out of memory";
  case SNC_WEIGHTS_NOT_FOUND:
    return "weights not found: pass them by pointer or path";
  case SNC_WEIGHTS_MISMATCH:
    return "the weights are not those this library was compiled with";
  case SNC_THREAD_FAILED:
    return "a worker thread could not be started";
  case SNC_KERNEL_FAILED:
    return "a kernel failed";
  case SNC_CANCELLED:
    return "the run was cancelled";
  case SNC_BUSY:
    return "another thread is running this context";
  case SNC_ABI_MISMATCH:
    return "library and caller were built for different interface versions";
  case SNC_NO_DEVICE:
    return "no usable GPU";
  case SNC_DEVICE_FAILED:
    return "the GPU failed";
  case SNC_DEVICE_OUT_OF_MEMORY:
    return "the GPU has too little memory";
  default:
    return "unknown status";
  }
}
