// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How threads are shared among units, and which tables of steps are refused.
#include "StepModel.h"

using namespace snc::test;

// Of runtime/units.h, which is C alone.
extern "C" void snc_share_threads(const snc_unit *units, uint32_t count, uint32_t threads,
                                  uint16_t *first);

namespace {

std::vector<int> share(const std::vector<uint32_t> &planned, uint32_t threads) {
  std::vector<snc_unit> units;
  for (uint32_t p : planned)
    units.push_back({"", p, 0});
  std::vector<uint16_t> first(planned.size() + 1, 0xffff);
  snc_share_threads(units.data(), uint32_t(units.size()), threads, first.data());
  EXPECT_EQ(first[0], 0);
  std::vector<int> sizes;
  for (size_t u = 0; u < planned.size(); ++u)
    sizes.push_back(first[u + 1] - first[u]);
  return sizes;
}

using Sizes = std::vector<int>;

TEST(Units, HaveWhatTheyWerePlannedFor) {
  EXPECT_EQ(share({1, 1}, 2), Sizes({1, 1}));
  EXPECT_EQ(share({3, 1, 2}, 6), Sizes({3, 1, 2}));
  EXPECT_EQ(share({3, 1, 2}, 100), Sizes({3, 1, 2}));
  EXPECT_EQ(share({0, 2}, 3), Sizes({1, 2}));
}

TEST(Units, ShareWhatThereIs) {
  EXPECT_EQ(share({4, 4}, 4), Sizes({2, 2}));
  EXPECT_EQ(share({6, 2}, 4), Sizes({3, 1}));
  EXPECT_EQ(share({1000, 1}, 4), Sizes({3, 1}));
  EXPECT_EQ(share({1, 1000}, 4), Sizes({1, 3}));
  EXPECT_EQ(share({8, 8, 8}, 3), Sizes({1, 1, 1}));
  EXPECT_EQ(share({UINT32_MAX, UINT32_MAX, 1}, 256), Sizes({128, 127, 1}));
}

// Any plan and any number of threads: all are given out, at least one to each.
TEST(Units, ShareAllWithAtLeastOneEach) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<uint32_t> planned(1 + random() % 20);
    uint64_t wanted = 0;
    for (uint32_t &p : planned)
      wanted += p = 1 + random() % (1u << random() % 10);
    uint32_t threads = uint32_t(planned.size() + random() % 200);
    uint64_t total = 0;
    for (int size : share(planned, threads)) {
      ASSERT_GE(size, 1);
      total += uint64_t(size);
    }
    ASSERT_EQ(total, std::min<uint64_t>(threads, wanted));
  }
}

// Step 3 of unit 1, level 1, waits for step 0.
StepModel good() {
  StepModel m({1, 1});
  m.phase();
  m.step(0, 0);
  m.step(1, 0);
  m.step(0, 1);
  m.step(1, 1, {0});
  m.phase();
  m.step(SNC_ALL_UNITS, 0);
  return m;
}

int32_t statusOf(const snc_model &model) {
  snc_context *context = nullptr;
  int32_t status = snc_context_create(&model, nullptr, &context);
  EXPECT_EQ(status == SNC_OK, context != nullptr);
  snc_context_destroy(context);
  return status;
}

// Tables that would let a run wait for ever, or read beyond them, make no context.
TEST(Units, BrokenTablesAreRefused) {
  EXPECT_EQ(statusOf(good().model()), SNC_OK);
  auto changed = [](auto change) {
    StepModel m = good();
    m.model();
    change(m);
    return statusOf(m.made);
  };
  const std::vector<std::function<void(StepModel &)>> changes = {
      [](StepModel &m) { m.steps[0].run = nullptr; },
      [](StepModel &m) { m.steps[3].unit = 2; },
      [](StepModel &m) { m.steps[3].unit = SNC_ALL_UNITS; },
      [](StepModel &m) { m.steps[2].unit = 1; },  // twice in a level
      [](StepModel &m) { m.steps[1].level = 2; }, // not in order
      [](StepModel &m) { m.waits[0] = 3; },       // itself
      [](StepModel &m) { m.waits[0] = 2; },       // its own level
      [](StepModel &m) { m.waits[0] = 1; },       // its own unit
      [](StepModel &m) { m.waits[0] = 4; },       // a later phase
      [](StepModel &m) { m.waits[0] = UINT32_MAX; },
      [](StepModel &m) { m.steps[3].first_wait = 1; },
      [](StepModel &m) { m.steps[3].first_wait = UINT32_MAX; },
      [](StepModel &m) { m.steps[3].num_waits = UINT32_MAX; },
      [](StepModel &m) {
        m.steps[4].num_waits = 1;
        m.steps[4].first_wait = 0;
      }, // earlier phase
      [](StepModel &m) { m.phases[1].first_step = 3; },
      [](StepModel &m) { m.phases[1].num_steps = 0; },
      [](StepModel &m) { m.phases[0].num_steps = UINT32_MAX; },
      [](StepModel &m) { m.made.num_steps = 6; },
      [](StepModel &m) { m.made.num_phases = 1; },
      [](StepModel &m) { m.made.num_units = 1; }};
  for (size_t i = 0; i < changes.size(); ++i)
    EXPECT_EQ(changed(changes[i]), SNC_INVALID_ARGUMENT) << "change " << i;
}

} // namespace
