// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// search_study TABLE.csv [SEEDS]: what bench/results/search.md holds, to standard output. TABLE
// is described in NasBench201.h.

#include "NasBench201.h"
#include "SearchStudy.h"
#include "llvm/ADT/StringExtras.h"

using namespace snc;
using namespace snc::bench;

static constexpr char kLegend[] =
    " seeds a row (exhaustive: one). Evaluations, that is distinct leaves, to the optimum and to "
    "a good leaf;\nshare of the seeds with a good leaf within the budget; excess of the best cost "
    "within the budget over the optimum.\n`mcts, mean` is UCT with SyncNAS's means and random "
    "rollouts.\n\n";

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
                        cost.feasible[cost.feasible.size() / 100], NasBench201Space::cells / 20});
  llvm::outs()
      << "## NAS-Bench-201\n\n"
         "15,625 cells, six decisions of five operations. Cost: CIFAR-10 error in percent; "
         "infeasible: slower than\nthe device's median cell. Good: among the best 1 % of "
         "the feasible cells; budget: 5 % of the space.\n\n";
  writeStudy(llvm::outs(), subjects, seeds, {}, NasBench201Space::cells);
  return true;
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
  return studyNasBench201(arguments[1], seeds) ? 0 : 1;
}
