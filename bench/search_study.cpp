// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// search_study TABLE.csv [SEEDS]: what bench/results/search.md holds, to standard output. TABLE
// is described in NasBench201.h.

#include "DeviceChain.h"
#include "NasBench201.h"
#include "SearchStudy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace snc;
using namespace snc::bench;

static constexpr char kLegend[] =
    " seeds a row (exhaustive: one). Evaluations, that is distinct leaves, to the optimum and to "
    "a good leaf;\nshare of the seeds with a good leaf within the budget; excess of the best cost "
    "within the budget over the optimum, in percent of it.\n`mcts, mean` is UCT with SyncNAS's "
    "means and random "
    "rollouts; `mcts, surrogate` is `mcts` with every other sample by a\nmodel of the costs.\n\n";

static bool studyNasBench201(llvm::StringRef path, unsigned seeds) {
  constexpr llvm::StringLiteral kDevices[] = {"lat_pixel3",   "lat_raspi4",    "lat_samsung_s7",
                                              "lat_1080ti_1", "lat_gold_6226", "lat_eyeriss"};
  NasBench201Space space;
  std::vector<NasBench201Cost> costs;
  for (llvm::StringRef device : kDevices) {
    llvm::Expected<NasBench201Cost> read = NasBench201Cost::read(path, device);
    if (!read) {
      llvm::errs() << llvm::toString(read.takeError()) << '\n';
      return false;
    }
    costs.push_back(std::move(*read));
  }
  std::vector<Subject> subjects;
  for (auto [device, cost] : llvm::zip(kDevices, costs))
    subjects.push_back({device.drop_front(4).str(), space, cost, cost.feasible.front(),
                        cost.feasible[cost.feasible.size() / 100], NasBench201Space::cells / 20,
                        /*surrogate=*/true});
  llvm::outs()
      << "## NAS-Bench-201\n\n"
         "15,625 cells, six decisions of five operations. Cost: CIFAR-10 error in percent; "
         "infeasible: slower than\nthe device's median cell. Good: among the best 1 % of "
         "the feasible cells; budget: 5 % of the space.\n\n";
  writeStudy(llvm::outs(), subjects, seeds, {}, NasBench201Space::cells);
  return true;
}

static void studyChains(unsigned seeds) {
  constexpr uint64_t kBudget = 2000;
  struct {
    unsigned layers, devices;
    double move;
  } kChains[] = {{10, 4, 1}, {20, 3, 1}, {20, 3, 4}, {40, 4, 1}, {40, 4, 4}, {14, 12, 2}};
  std::vector<DeviceChain> chains;
  for (const auto &chain : kChains)
    chains.emplace_back(chain.layers, chain.devices, chain.move, /*seed=*/7);
  std::vector<Subject> subjects;
  for (auto [chain, made] : llvm::zip(kChains, chains)) {
    double optimum = made.optimum() * (1 + 1e-12); // sums round differently
    subjects.push_back({llvm::formatv("{0} layers, {1} devices, moves to {2:F0}", chain.layers,
                                      chain.devices, chain.move),
                        made, made, optimum, 1.05 * optimum, kBudget});
  }
  llvm::outs() << "\n## Chains\n\n"
                  "Layers in a row, each on a device, with made-up times of 1/e to 3e; a change of "
                  "device takes a time as well.\nGood: at most 5 % above the optimum; budget and "
                  "end of the search: "
               << kBudget << " evaluations.\n\n";
  writeStudy(llvm::outs(), subjects, seeds, {}, kBudget);
}

int main(int count, char **arguments) {
  unsigned seeds = 100;
  if (count < 2 || count > 3 || (count == 3 && !llvm::to_integer(arguments[2], seeds, 10)) ||
      seeds == 0) {
    llvm::errs() << "usage: search_study TABLE.csv [SEEDS]\n";
    return 1;
  }
  llvm::outs() << "Made by `search_study nasbench201_acc_latency.csv " << seeds << "`.\n\n"
               << seeds << kLegend;
  if (!studyNasBench201(arguments[1], seeds))
    return 1;
  studyChains(seeds);
  return 0;
}
