// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strategy_study [SEEDS]: what bench/results/strategies.md holds, to standard
// output: the searches on real strategy spaces of short chains of inverted
// residuals, where the dynamic program gives the optimum.

#include "SearchStudy.h"
#include "search/StrategySpace.h"

#include <cmath>
#include <map>

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace snc;
using namespace snc::bench;

namespace {
/// A chain of convolutions as IR text.
class ChainText {
public:
  ChainText(int64_t channels, int64_t pixels) : channels(channels), pixels(pixels) {
    first = type(channels);
  }

  void conv(int64_t outputs, int64_t kernel, bool depthwise) {
    int64_t group = depthwise ? channels : 1, inputs = depthwise ? 1 : channels;
    std::string weight = llvm::formatv("tensor<{0}x{1}x{2}x{2}xf32>", outputs, inputs, kernel);
    body += llvm::formatv("%w{0} = snc.constant dense<1.0> : {1} : {1}\n", count, weight);
    body += llvm::formatv(
        "%{0} = snc.conv %{1}, %w{2} {{strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, "
        "pads = array<i64: {3}, {3}, {3}, {3}>, group = {4} : i64} : ({5}, {6}) -> {7}\n",
        count + 1, count, count, kernel / 2, group, type(channels), weight, type(outputs));
    channels = outputs;
    ++count;
  }

  void invertedResidual(int64_t expanded) {
    int64_t narrow = channels;
    conv(expanded, 1, false);
    conv(expanded, 3, true);
    conv(narrow, 1, false);
  }

  std::string text() const {
    return llvm::formatv("func.func @main(%0: {0}) -> {1} {{\n{2}return %{3} : {1}\n}\n", first,
                         type(channels), body, count);
  }

private:
  std::string type(int64_t c) const {
    return llvm::formatv("tensor<1x{0}x{1}x{1}xf32>", c, pixels);
  }

  int64_t channels, pixels, count = 0;
  std::string first, body;
};

/// Everything a strategy space needs to live.
struct Chain {
  std::string name;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<NetworkGraph> graph;
  std::unique_ptr<CostModel> model;
  std::unique_ptr<PlanCost> cost;
  std::unique_ptr<SplitMenu> menu;
  std::unique_ptr<StrategySpace> space;
  std::unique_ptr<StrategyEvaluator> evaluator;

  Chain(mlir::MLIRContext &context, std::string title, const ChainText &text, Rollout rollout)
      : name(std::move(title)),
        module(mlir::parseSourceString<mlir::ModuleOp>(text.text(), &context)) {
    constexpr int64_t kLanes = 16;
    DeviceDescription device;
    graph = std::make_unique<NetworkGraph>(module->lookupSymbol<mlir::func::FuncOp>("main"));
    price(device, kLanes);
    unevenLatencies(device);
    price(device, kLanes);
    space = std::make_unique<StrategySpace>(*menu, 0, 64, rollout);
    evaluator = std::make_unique<StrategyEvaluator>(*space);
  }

  void price(const DeviceDescription &device, int64_t lanes) {
    model = std::make_unique<CostModel>(device, lanes);
    std::vector<PlanUnit> units{{"cpu0", 1}, {"cpu1", 1}};
    cost = std::make_unique<PlanCost>(*graph, *model, units, lanes);
    menu = std::make_unique<SplitMenu>(*cost, MenuOptions());
  }

  /// Each kernel of each split 0.6 to 1.65 times its roofline, as measured kernels
  /// are about: what a search finds hard.
  void unevenLatencies(DeviceDescription &device) {
    std::mt19937_64 random(7);
    std::map<std::string, double> &known = device.latenciesUs;
    auto add = [&](const PieceCost &piece) {
      std::string key = latencyKey(piece.shape.signature(), piece.unit < 0 ? 2 : 1);
      double factor = std::exp(double(random() >> 11) * 0x1p-53 - 0.5);
      known.try_emplace(key, piece.us * factor);
    };
    for (int64_t begin = 0; begin < menu->nodes(); ++begin)
      for (const SplitRun &run : menu->runsAt(begin))
        for (const SplitKindWays &kind : run.kinds)
          for (const SplitWay &way : kind.ways)
            for (const PieceCost &piece : cost->segment(way.segment)->pieces)
              add(piece);
    for (SegmentKind kind : {SegmentKind::all, SegmentKind::single})
      for (const PieceCost &piece : cost->segment({0, menu->nodes(), kind, 0, {}, {}, ""})->pieces)
        add(piece);
  }

  Subject subject() const {
    double optimum = space->costOf(space->optimum()) * (1 + 1e-12);
    return {llvm::formatv("{0}, {1:F0} strategies", name, space->size()),
            *space,
            *evaluator,
            optimum,
            1.01 * optimum,
            uint64_t(space->size() / 20)};
  }
};
} // namespace

int main(int argc, char **argv) {
  unsigned seeds = 100;
  if (argc > 2 || (argc == 2 && !llvm::to_integer(argv[1], seeds, 10)) || seeds == 0) {
    llvm::errs() << "usage: strategy_study [SEEDS]\n";
    return 1;
  }
  mlir::MLIRContext context;
  context.loadDialect<SncDialect, mlir::func::FuncDialect>();
  ChainText dense(64, 14), block(160, 7), longer(96, 14), deep(24, 56);
  for (int i = 0; i < 3; ++i)
    dense.conv(64, 3, false);
  block.invertedResidual(960);
  longer.conv(96, 1, false);
  longer.invertedResidual(576);
  deep.invertedResidual(144);
  deep.conv(32, 1, false);
  struct {
    const char *name;
    const ChainText &text;
  } chains[] = {{"three 3x3 convolutions, 14x14", dense},
                {"inverted residual, 7x7", block},
                {"inverted residual and 1x1, 14x14", longer},
                {"inverted residual and 1x1, 56x56", deep}};
  llvm::outs()
      << "Made by `strategy_study " << seeds << "`.\n\n"
      << "Chains on two equal cores. A kernel takes 0.6 to 1.65 times what the cost model's "
         "roofline says, at\nrandom but always the same; the optimum is the dynamic "
         "program's.\nGood: at most 1 % above it; budget: 5 % of the space; "
      << seeds
      << " seeds a row (exhaustive: one).\nEvaluations, that is distinct leaves, to the "
         "optimum and to a good leaf (\"-\": not within the budget).\n";
  for (Rollout rollout : {Rollout::uniform, Rollout::guided}) {
    llvm::outs() << (rollout == Rollout::uniform ? "\n## Uniform rollouts, as SyncNAS\n\n"
                                                 : "\n## Rollouts guided by the cost model\n\n");
    for (auto &[name, text] : chains) {
      Chain chain(context, name, text, rollout);
      Subject subject = chain.subject();
      writeStudy(llvm::outs(), subject, seeds, {}, subject.budget);
      llvm::outs() << "\n";
    }
  }
  return 0;
}
