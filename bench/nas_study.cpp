// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "RewardTable.h"
#include "SearchRuns.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
using namespace snc;
using namespace snc::bench;
int main(int argc, char **argv) {
  auto table = RewardTable::read(argv[1]);
  if (!table) { llvm::errs() << llvm::toString(table.takeError()) << "\n"; return 1; }
  unsigned seeds = atoi(argv[2]);
  double best = table->falling[0], near = best - table->entryNoise;
  size_t good = llvm::count_if(table->falling, [&](double s) { return s >= near; });
  double n = table->falling.size();
  llvm::outs() << llvm::format("n %.0f best %.3f noise %.3f entry %.3f good %zu exhaustive %.0f random %.0f\n", n, best, table->trainingNoise, table->entryNoise, good, (n+1)/(good+1), 0.0);
  SyncSpace pub(table->stages), trie(table->stages, SyncOrder::stages);
  auto row = [&](std::string name, SearchKind kind, const SyncSpace &space, SearchOptions o) {
    RewardCost cost(space, *table);
    o.budget = 1458;
    auto rs = runSeeds(kind, space, cost, o, -best, seeds);
    std::vector<uint64_t> a, b;
    double m20 = 0, m50 = 0, m100 = 0;
    for (auto &r : rs) {
      a.push_back(firstAtMost(r, -near)); b.push_back(firstAtMost(r, -best));
      m20 -= bestWithin(r, 20) / rs.size(); m50 -= bestWithin(r, 50) / rs.size(); m100 -= bestWithin(r, 100) / rs.size();
    }
    llvm::sort(a); llvm::sort(b);
    llvm::outs() << llvm::format("%-34s near %5d %5d best %5d %5d  20: %.3f 50: %.3f 100: %.3f\n", name.c_str(), (int)quantile(llvm::ArrayRef(a), .5), (int)quantile(llvm::ArrayRef(a), .9), (int)quantile(llvm::ArrayRef(b), .5), (int)quantile(llvm::ArrayRef(b), .9), m20, m50, m100);
    llvm::outs().flush();
  };
  SearchOptions mean; mean.uct = UctRule::mean;
  for (auto [w, space] : {std::pair<const char *, SyncSpace *>{"pub ", &pub}, {"trie ", &trie}}) {
    std::string p = w;
    row(p + "mean", SearchKind::mcts, *space, mean);
    row(p + "best", SearchKind::mcts, *space, {});
    row(p + "random", SearchKind::random, *space, {});
    row(p + "evolution", SearchKind::evolution, *space, {});
    SearchOptions e; e.population = 20; e.tournament = 5;
    row(p + "evolution 20 5", SearchKind::evolution, *space, e);
    SearchOptions m; m.surrogate = true;
    row(p + "surrogate", SearchKind::mcts, *space, m);
    m.inFlight = 8;
    row(p + "surrogate 8", SearchKind::mcts, *space, m);
    m.inFlight = 1;
    if (argc > 3) {
      auto px = ProxyTable::read(argv[3], table->stages);
      if (!px) { llvm::errs() << llvm::toString(px.takeError()) << "\n"; return 1; }
      for (auto [kind, sc] : llvm::zip(px->kinds, px->scores)) {
        double mu = 0, sq = 0;
        for (auto &e : sc) mu += e.second / n;
        for (auto &e : sc) sq += (e.second - mu) * (e.second - mu) / n;
        m.prior = [&sc, space, mu, sq](llvm::ArrayRef<uint16_t> leaf) { return -(sc.lookup(space->nameOf(leaf)) - mu) / std::sqrt(sq); };
        row(p + "surrogate " + kind, SearchKind::mcts, *space, m);
      }
    }
  }
}
