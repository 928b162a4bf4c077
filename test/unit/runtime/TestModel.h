// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hand-made models whose kernels are C++ functions. Input 0 points to whatever
// struct the test's kernel wants to see, so that kernels need no globals.
#pragma once

#include "runtime/snc_model.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace snc::test {

enum : uint32_t { InputBuffer, OutputBuffer, ArenaBuffer, WeightsBuffer };

// One input, one output, one arena buffer and one of weights, in this order.
inline constexpr snc_buffer_desc kBuffers[] = {{SNC_BASE_INPUT, 0, 0, 0, 0},
                                               {SNC_BASE_OUTPUT, 0, 0, 0, 0},
                                               {SNC_BASE_ARENA, 0, 256, 0, 0},
                                               {SNC_BASE_WEIGHTS, 0, 64, 0, 0}};
inline constexpr snc_tensor_info kInput = {"x", SNC_UINT8, 1, {64}, 64};
inline constexpr snc_tensor_info kOutput = {"y", SNC_FLOAT32, 2, {4, 4}, 64};
inline constexpr snc_kernel_info kKernels[] = {{"first", "conv", 200, 100},
                                               {"second", "relu", 20, 10}};

inline constexpr snc_phase kOnePhase = {0, 1};

// A model of one step that has all threads. Its step lives as long as the tests.
inline snc_model makeModel(snc_step_fn run) {
  static std::deque<snc_step> steps;
  steps.push_back({run, SNC_ALL_UNITS, 0, 0, 0, 0, 2});
  snc_model model = {};
  model.abi_version = SNC_ABI_VERSION;
  model.default_threads = 2;
  model.name = "hand";
  model.num_inputs = model.num_outputs = 1;
  model.num_buffers = 4;
  model.num_kernels = 2;
  model.inputs = &kInput;
  model.outputs = &kOutput;
  model.buffers = kBuffers;
  model.kernels = kKernels;
  model.arena_bytes = 4096;
  model.phases = &kOnePhase;
  model.steps = &steps.back();
  model.num_phases = model.num_steps = 1;
  return model;
}

inline snc_options makeOptions(int32_t threads = 2, uint32_t spinUs = SNC_DEFAULT_SPIN_US) {
  snc_options options;
  snc_options_init(&options);
  options.threads = threads;
  options.spin_us = spinUs;
  return options;
}

struct Destroy {
  void operator()(snc_context *context) const { snc_context_destroy(context); }
};
using Context = std::unique_ptr<snc_context, Destroy>;

// A context that the test needs to exist.
inline Context create(const snc_model &model, const snc_options &options) {
  snc_context *context = nullptr;
  EXPECT_EQ(snc_context_create(&model, &options, &context), SNC_OK);
  EXPECT_NE(context, nullptr);
  return Context(context);
}

// Runs with `params` as input 0 and, where none is given, a dummy output.
template <typename Params>
int32_t run(const Context &context, Params &params, void *output = nullptr) {
  alignas(64) char dummy[64];
  const void *inputs[] = {&params};
  void *outputs[] = {output ? output : dummy};
  return snc_context_run(context.get(), inputs, outputs);
}

template <typename Params> Params &params(snc_buffer *buffers) {
  return *reinterpret_cast<Params *>(buffers[InputBuffer].host);
}

} // namespace snc::test
