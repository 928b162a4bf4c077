// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// search_study TABLE.csv [SEEDS]: writes bench/results/search.md to standard output.

#include "NasBench201.h"
#include "SearchStudy.h"
#include "llvm/ADT/StringExtras.h"

using namespace snc;
using namespace snc::bench;

static bool studyNasBench201(llvm::StringRef path, unsigned seeds) {
  constexpr llvm::StringLiteral kDevices[] = {"lat_pixel3", "lat_raspi4", "lat_samsung_s7",
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
                        cost.feasible[cost.feasible.size() / 100],
                        NasBench201Space::cells / 20});
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
  return studyNasBench201(arguments[1], seeds) ? 0 : 1;
}
