// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inspect hook on the CPU.
#include "TestModel.h"

#include <cstring>
#include <vector>

using namespace snc::test;

namespace {

bool failing;

// Two kernels that write the arena's buffer one after the other, the second the output too.
int32_t writeTwice(snc_worker *worker, snc_buffer *buffers) {
  for (uint32_t kernel : {0u, 1u}) {
    EXPECT_TRUE(snc_traced(worker));
    snc_kernel_begin(worker);
    memset(buffers[ArenaBuffer].host, int(10 + kernel), 64);
    if (kernel == 1)
      memset(buffers[OutputBuffer].host, 20, 64);
    if (failing)
      halide_error(worker, "no");
    snc_kernel_end(worker, kernel);
  }
  return 0;
}

struct Seen {
  std::vector<uint32_t> kernels;
  std::vector<uint8_t> arena, output, input;
  std::vector<int32_t> refusals;
  static void see(void *user, uint32_t kernel, snc_read_fn read, void *values) {
    auto *seen = static_cast<Seen *>(user);
    seen->kernels.push_back(kernel);
    uint8_t bytes[64];
    auto take = [&](uint32_t buffer, std::vector<uint8_t> &into) {
      EXPECT_EQ(read(values, buffer, sizeof bytes, bytes), SNC_OK);
      into.insert(into.end(), {bytes[0], bytes[63]});
    };
    take(ArenaBuffer, seen->arena);
    take(OutputBuffer, seen->output);
    take(InputBuffer, seen->input);
    std::vector<uint8_t> many(4096);
    for (auto [buffer, size] : {std::pair<uint32_t, uint64_t>{ArenaBuffer, 4096 - 256 + 1},
                                {OutputBuffer, 65},
                                {InputBuffer, ~uint64_t(0)},
                                {WeightsBuffer, 1}, // there are none
                                {4, 1},
                                {~0u, 1}})
      seen->refusals.push_back(read(values, buffer, size, many.data()));
  }
};

TEST(InspectHook, SeesWhatKernelsHaveWritten) {
  snc_model model = makeModel(writeTwice);
  Seen seen;
  snc_options options = makeOptions(1);
  options.user = &seen;
  options.inspect = Seen::see;
  Context context = create(model, options);
  std::vector<uint8_t> x(64, 7), y(64, 1);
  const void *inputs[] = {x.data()};
  void *outputs[] = {y.data()};
  EXPECT_EQ(snc_context_run(context.get(), inputs, outputs), SNC_OK);
  EXPECT_EQ(seen.kernels, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(seen.arena, (std::vector<uint8_t>{10, 10, 11, 11}));
  EXPECT_EQ(seen.output, (std::vector<uint8_t>{1, 1, 20, 20}));
  EXPECT_EQ(seen.input, (std::vector<uint8_t>{7, 7, 7, 7}));
  EXPECT_EQ(seen.refusals, std::vector<int32_t>(12, SNC_INVALID_ARGUMENT));
  // Nothing is told of a run that has failed.
  failing = true;
  EXPECT_EQ(snc_context_run(context.get(), inputs, outputs), SNC_KERNEL_FAILED);
  failing = false;
  EXPECT_EQ(seen.kernels.size(), 2u);
}

} // namespace
