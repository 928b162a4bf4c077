// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hand-made models of several units. What step i does is entry i of the Plan that
// input 0 of the run points to.
#pragma once

#include "TestModel.h"

#include <array>
#include <functional>
#include <random>
#include <utility>
#include <vector>

namespace snc::test {

inline constexpr size_t kMostSteps = 256;

struct Plan {
  // Null: does nothing.
  std::vector<std::function<int32_t(snc_worker *)>> steps = decltype(steps)(kMostSteps);
};

template <size_t I> int32_t runPlanned(snc_worker *worker, snc_buffer *buffers) {
  const auto &step = params<Plan>(buffers).steps[I];
  return step ? step(worker) : 0;
}

template <size_t... I> constexpr auto plannedSteps(std::index_sequence<I...>) {
  return std::array<snc_step_fn, sizeof...(I)>{runPlanned<I>...};
}
inline constexpr auto kPlanned = plannedSteps(std::make_index_sequence<kMostSteps>());

// The tables of a model; must outlive its contexts.
class StepModel {
public:
  explicit StepModel(const std::vector<uint32_t> &unitThreads) {
    for (uint32_t threads : unitThreads)
      units.push_back({"unit", threads, 0});
  }
  void phase() { phases.push_back({uint32_t(steps.size()), 0}); }
  // Returns the step's number.
  uint32_t step(uint32_t unit, uint32_t level, const std::vector<uint32_t> &after = {}) {
    steps.push_back({kPlanned.at(steps.size()), unit, level, uint32_t(waits.size()),
                     uint32_t(after.size()), uint32_t(steps.size()), 1});
    waits.insert(waits.end(), after.begin(), after.end());
    ++phases.back().num_steps;
    return uint32_t(steps.size()) - 1;
  }
  const snc_model &model() {
    made = makeModel(nullptr);
    made.phases = phases.data();
    made.steps = steps.data();
    made.waits = waits.data();
    made.units = units.data();
    made.num_phases = uint32_t(phases.size());
    made.num_steps = uint32_t(steps.size());
    made.num_waits = uint32_t(waits.size());
    made.num_units = uint32_t(units.size());
    return made;
  }

  std::vector<snc_phase> phases;
  std::vector<snc_step> steps;
  std::vector<uint32_t> waits;
  std::vector<snc_unit> units;
  snc_model made = {};
};

// One phase of `levels` levels; in each, every unit has a step with probability
// 3/4, which waits for up to three steps of other units before it.
inline StepModel randomModel(uint32_t units, uint32_t levels, uint32_t seed) {
  std::mt19937 random(seed);
  StepModel m(std::vector<uint32_t>(units, 1));
  m.phase();
  m.step(0, 0);
  for (uint32_t level = 1; level < levels; ++level)
    for (uint32_t unit = 0, before = uint32_t(m.steps.size()); unit < units; ++unit) {
      std::vector<uint32_t> after;
      for (int i = 0; i < 3; ++i)
        if (uint32_t s = random() % before; m.steps[s].unit != unit)
          after.push_back(s);
      if (random() % 4)
        m.step(unit, level, after);
    }
  return m;
}

// Each step computes a number from those it must see: its waits' and that of the
// step before it on its unit. Plain memory, so that a thread sanitizer judges.
class Sums {
public:
  explicit Sums(const StepModel &m) : value(m.steps.size(), 0), m(m) {
    for (uint32_t s = 0; s < m.steps.size(); ++s)
      plan.steps[s] = [this, s](snc_worker *) {
        value[s] = expected(value, s);
        return 0;
      };
  }
  void reset() { value.assign(m.steps.size(), 0); }
  // What running the steps in their order gives.
  std::vector<uint64_t> serial() const {
    std::vector<uint64_t> v(m.steps.size(), 0);
    for (uint32_t s = 0; s < v.size(); ++s)
      v[s] = expected(v, s);
    return v;
  }
  Plan plan;
  std::vector<uint64_t> value;

private:
  uint64_t expected(const std::vector<uint64_t> &v, uint32_t s) const {
    uint64_t sum = s + 1;
    for (uint32_t i = 0; i < m.steps[s].num_waits; ++i)
      sum = sum * 31 + v[m.waits[m.steps[s].first_wait + i]];
    for (uint32_t p = s; p-- > 0;)
      if (m.steps[p].unit == m.steps[s].unit)
        return sum * 31 + v[p];
    return sum;
  }
  const StepModel &m;
};

} // namespace snc::test
