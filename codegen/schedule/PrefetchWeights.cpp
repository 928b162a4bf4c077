// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/schedule/PrefetchWeights.h"

#include <vector>

namespace hl = Halide;
using namespace Halide::Internal;

namespace snc {

namespace {
constexpr int64_t kLineElements = 16; // floats of a cache line

class Prefetcher final : public IRMutator {
public:
  explicit Prefetcher(const WeightPrefetch &prefetch) : p(prefetch) {}

protected:
  using IRMutator::visit;
  hl::Internal::Stmt visit(const For *op) override {
    loops.push_back(op->name);
    hl::Internal::Stmt result = IRMutator::visit(op);
    loops.pop_back();
    hl::Expr panel = panelNumber();
    if (!ends_with(op->name, p.reduction) || !panel.defined())
      return result;
    const For *loop = result.as<For>();
    hl::Internal::Stmt body = Block::make(fetches(loop, panel), loop->body);
    return For::make(loop->name, loop->min, loop->extent, loop->for_type, loop->partition_policy,
                     loop->device_api, body);
  }

private:
  /// The variable of an enclosing loop, by its name's end; undefined where there is none.
  hl::Expr variable(const std::string &suffix) const {
    for (const std::string &name : loops)
      if (ends_with(name, suffix))
        return Variable::make(hl::Int(32), name);
    return {};
  }

  /// Counted over all strips; undefined outside the loop over panels. Within a strip,
  /// which may be a panel and then has no loop, panels count from zero.
  hl::Expr panelNumber() const {
    hl::Expr panel = variable(p.panel), strip = variable(p.strip);
    if (!strip.defined())
      return panel;
    hl::Expr first = strip * int(p.panelsPerStrip);
    return panel.defined() ? first + panel : first;
  }

  hl::Internal::Stmt fetches(const For *loop, hl::Expr panel) {
    hl::Expr at = hl::cast<int>(0);
    if (hl::Expr row = variable(p.row); row.defined())
      at = row * int(p.tilesPerRow);
    if (hl::Expr tile = variable(p.tile); tile.defined())
      at = at + tile;
    at = at * int(p.steps) + Variable::make(hl::Int(32), loop->name) - loop->min;
    int64_t turns = p.rows * p.tilesPerRow * p.steps;
    int64_t lines = (p.elements + kLineElements - 1) / kLineElements;
    int64_t each = (lines + turns - 1) / turns;
    hl::Expr first =
        simplify(panel * int(p.panelElements) + int(p.first) + at * int(each * kLineElements));
    std::vector<hl::Internal::Stmt> all;
    for (int64_t i = 0; i < each; ++i)
      all.push_back(fetch(first, i));
    return Block::make(all);
  }

  /// Into the second cache. Halide's own call fetches past all caches (prefetchnta);
  /// the instruction behind it, which its module declares, is called by name instead.
  hl::Internal::Stmt fetch(const hl::Expr &element, int64_t line) {
    hl::Expr base = hl::reinterpret<uint64_t>(Variable::make(hl::Handle(), p.buffer));
    hl::Expr offset = hl::cast<int64_t>(element) * 4 + hl::cast<int64_t>(int(line * 64));
    hl::Expr address = hl::reinterpret(hl::Handle(), base + hl::cast<uint64_t>(offset));
    constexpr int read = 0, secondCache = 2, data = 1;
    return Evaluate::make(Call::make(hl::Int(32), "llvm.prefetch.p0",
                                     {address, read, secondCache, data}, Call::Extern));
  }

  WeightPrefetch p;
  std::vector<std::string> loops; ///< those around, outermost first
};
} // namespace

std::unique_ptr<IRMutator> prefetchWeights(const WeightPrefetch &prefetch) {
  return std::make_unique<Prefetcher>(prefetch);
}

} // namespace snc
