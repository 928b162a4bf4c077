// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cpu_gpu_study [--latencies=FILE] [--cores=N] [--plot=FILE] MODEL.onnx...: what
// bench/results/cpu_gpu.md holds, to standard output: plans for cores and a made-up
// GPU against the better of the two alone, as an event simulator replays them.

#include "DevicePair.h"
#include "EventReplay.h"
#include "GainPlot.h"
#include "search/Planner.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ToolOutputFile.h"

#include <cmath>

using namespace snc;
using namespace snc::bench;
namespace cl = llvm::cl;

static cl::list<std::string> models(cl::Positional, cl::desc("MODEL.onnx..."), cl::OneOrMore);
static cl::opt<std::string> deviceFile("latencies", cl::desc("latencies of the cores"));
static cl::opt<int64_t> threads("cores", cl::desc("cores of the CPU's unit"), cl::init(2));
static cl::opt<std::string> plotFile("plot", cl::desc("where to write a drawing"));

namespace {
constexpr double kRatios[] = {1, 2, 4, 8};
constexpr double kSyncs[] = {1, 10, 30, 100, 300, 1000};
constexpr double kShownSyncs[] = {1, 10, 100, 1000};
constexpr double kLinks[] = {2, 4, 8, 16, 32, 64};
/// Branches pay where they gain more than the planner's own margin.
constexpr double kPays = 1.02;

struct Outcome {
  double alone = 0;     ///< microseconds of the better device alone, replayed
  double predicted = 0; ///< of the chosen plan, by the planner
  double replayed = 0;
  size_t splits = 0;
  int64_t copies = 0;
  double bytes = 0, cpuBusy = 0, gpuBusy = 0;
  std::string obstacle;
  double gain() const { return alone / replayed; }
};

Outcome study(const PairedNetwork &network, const PairOptions &options) {
  CostModel model(network.device(options), kPairLanes);
  PlanCost cost(network.graph(), model, network.units(), kPairLanes);
  PlannerOptions planner;
  planner.kind = PlannerKind::dp;
  PlanningResult planned = planNetwork(cost, true, planner);
  Outcome result;
  result.alone =
      std::min(replay(cost, planned.choices[0].plan).us, replay(cost, planned.choices[1].plan).us);
  const PlannedChoice &choice = planned.choice();
  Replay run = replay(cost, choice.plan);
  result.predicted = choice.us;
  result.replayed = run.us;
  result.splits = choice.plan.syncs().size();
  result.copies = run.copies();
  result.bytes = run.copiedBytes();
  result.cpuBusy = run.busyUs(0) / run.us;
  result.gpuBusy = run.busyUs(1) / run.us;
  result.obstacle = planned.obstacle;
  return result;
}

double geometricMean(llvm::ArrayRef<double> values) {
  double sum = 0;
  for (double value : values)
    sum += std::log(value);
  return std::exp(sum / double(values.size()));
}

using Grid = std::map<std::pair<double, double>, Outcome>; ///< by ratio and sync

/// Between which syncs of the grid the gain falls below kPays for good.
std::string stopsPaying(llvm::function_ref<double(double)> gain) {
  double last = 0;
  for (double sync : kSyncs)
    if (gain(sync) >= kPays)
      last = sync;
  if (last == 0)
    return "below 1";
  if (last == std::end(kSyncs)[-1])
    return "above 1000";
  double next = *std::upper_bound(std::begin(kSyncs), std::end(kSyncs), last);
  return std::to_string(int64_t(last)) + " to " + std::to_string(int64_t(next));
}

class Writer {
public:
  Writer(llvm::raw_ostream &os, std::vector<std::unique_ptr<PairedNetwork>> &networks)
      : os(os), networks(networks) {}

  void run();
  std::vector<GainLine> plotLines() const;

private:
  std::vector<double> gainsAt(double ratio, double sync) const {
    std::vector<double> gains;
    for (const Grid &grid : grids)
      gains.push_back(grid.at({ratio, sync}).gain());
    return gains;
  }
  double meanGain(double ratio, double sync) const { return geometricMean(gainsAt(ratio, sync)); }
  void writeEven();
  void writeGains();
  void writeStops();
  void writeLinks();

  llvm::raw_ostream &os;
  std::vector<std::unique_ptr<PairedNetwork>> &networks;
  std::vector<Grid> grids;
};
} // namespace

void Writer::writeEven() {
  os << "\n## Devices of equal speed, sync 1 us\n\n"
        "| network | alone ms | plan ms: predicted | replayed | replayed / predicted | gain | "
        "splits "
        "| copies | MB copied | CPU busy | GPU busy |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";
  for (auto [network, grid] : llvm::zip(networks, grids)) {
    const Outcome &o = grid.at({1, 1});
    os << "| " << network->name()
       << llvm::format(" | %.3f | %.3f | %.3f | %.3f | %.2fx", o.alone / 1e3, o.predicted / 1e3,
                       o.replayed / 1e3, o.replayed / o.predicted, o.gain())
       << " | " << o.splits << " | " << o.copies
       << llvm::format(" | %.2f | %.0f %% | %.0f %% |\n", o.bytes / 1e6, 100 * o.cpuBusy,
                       100 * o.gpuBusy);
  }
}

void Writer::writeGains() {
  os << "\n## Gain over the better device, replayed\n\n"
        "A cell has the gains at syncs of 1 / 10 / 100 / 1000 us. 1.00: the planner keeps the "
        "better device alone.\n\n| network | 1:1 | 1:2 | 1:4 | 1:8 |\n|---|---|---|---|---|\n";
  for (auto [network, grid] : llvm::zip(networks, grids)) {
    os << "| " << network->name();
    for (double ratio : kRatios) {
      os << " |";
      for (double sync : kShownSyncs)
        os << (sync == kSyncs[0] ? " " : " / ")
           << llvm::format("%.2f", grid.at({ratio, sync}).gain());
    }
    os << " |\n";
  }
  os << "| geometric mean";
  for (double ratio : kRatios) {
    os << " |";
    for (double sync : kShownSyncs)
      os << (sync == kSyncs[0] ? " " : " / ") << llvm::format("%.2f", meanGain(ratio, sync));
  }
  os << " |\n";
}

void Writer::writeStops() {
  os << "\n## Where branches stop paying\n\n"
        "The cost of a sync in microseconds from which on they gain less than 2 %. Tried: 1, 10, "
        "30, 100, 300 and 1000.\n\n"
        "| network | 1:1 | 1:2 | 1:4 | 1:8 |\n|---|---|---|---|---|\n";
  for (auto [network, grid] : llvm::zip(networks, grids)) {
    os << "| " << network->name();
    for (double ratio : kRatios)
      os << " | "
         << stopsPaying([&, &grid = grid](double sync) { return grid.at({ratio, sync}).gain(); });
    os << " |\n";
  }
  os << "| geometric mean";
  for (double ratio : kRatios)
    os << " | " << stopsPaying([&](double sync) { return meanGain(ratio, sync); });
  os << " |\n";
  std::map<std::string, int> obstacles;
  for (const Grid &grid : grids)
    for (const auto &[where, outcome] : grid)
      if (llvm::StringRef text = outcome.obstacle; !text.empty())
        ++obstacles[text.contains("free syncs branches")    ? "free syncs"
                    : text.contains("free copies branches") ? "free copies"
                                                            : "neither"];
  os << "\nWhere they do not pay, what would have made them pay:";
  for (const auto &[what, count] : obstacles)
    os << " " << what << " " << count << " times;";
  os << " of " << grids.size() * std::size(kRatios) * std::size(kSyncs) << " cases in all.\n";
}

void Writer::writeLinks() {
  os << "\n## Bandwidth of copies, devices of equal speed, sync 10 us\n\n"
        "| GB/s | least gain | geometric mean | most |\n|---:|---:|---:|---:|\n";
  for (double link : kLinks) {
    std::vector<double> gains;
    for (auto &network : networks)
      gains.push_back(study(*network, {1, 10, link}).gain());
    os << llvm::format("| %g | %.2f | %.2f | %.2f |\n", link, *llvm::min_element(gains),
                       geometricMean(gains), *llvm::max_element(gains));
  }
}

static void writeNotes(llvm::raw_ostream &os) {
  os << "\n"
        "## Reading it\n"
        "\n"
        "* Where speeds differ by r, no plan can gain more than 1 + 1 / r. Shares are eighths: at "
        "1:4 the CPU should have 1.6 of 8, at 1:8 less than one, and gets\n"
        "  one or none; so most of what is possible there is out of reach.\n"
        "* Likely reasons why it is not 2x at 1:1, none of them measured apart: "
        "squeeze-and-excitation gates are too small to split and "
        "need four syncs a block; rows of 7x7 planes divide 4 to 3; halos are\n"
        "  computed twice; kernels of half the size are less efficient; copies keep the GPU's "
        "queue from kernels. MixNet has many small depthwise kernels and concats.\n"
        "* At 1:1 the better device alone is the CPU, which needs no sync; from 1:2 on it is the "
        "GPU, which waits for its input and is waited for. So branches pay\n"
        "  up to dearer syncs at 1:2.\n"
        "* Copies cost no more than bytes and syncs here. Where each costs some microseconds in "
        "the queue, gains are less; that is not studied here.\n"
        "* The link is 16 GB/s, but for the last table; at 2 GB/s the gains are clearly smaller.\n";
}

void Writer::run() {
  for (auto &network : networks) {
    Grid &grid = grids.emplace_back();
    for (double ratio : kRatios)
      for (double sync : kSyncs)
        grid[{ratio, sync}] = study(*network, {ratio, sync, PairOptions().linkGBs});
    llvm::errs() << network->name() << " done\n";
  }
  writeEven();
  writeGains();
  writeStops();
  writeLinks();
  writeNotes(os);
}

std::vector<GainLine> Writer::plotLines() const {
  std::vector<GainLine> lines;
  for (double ratio : kRatios) {
    GainLine &line = lines.emplace_back();
    line.name = "1:" + std::to_string(int64_t(ratio));
    for (double sync : kSyncs) {
      std::vector<double> gains = gainsAt(ratio, sync);
      line.points.push_back(
          {sync, *llvm::min_element(gains), geometricMean(gains), *llvm::max_element(gains)});
    }
  }
  return lines;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "plans for cores and a made-up GPU\n");
  mlir::MLIRContext context;
  context.loadDialect<SncDialect, mlir::func::FuncDialect>();
  DeviceDescription cores = serverCores();
  if (!deviceFile.empty()) {
    auto read = readDevice(deviceFile);
    if (!read) {
      llvm::errs() << llvm::toString(read.takeError()) << "\n";
      return 1;
    }
    cores = std::move(*read);
  }
  std::vector<std::unique_ptr<PairedNetwork>> networks;
  size_t kernels = 0;
  for (const std::string &model : models) {
    networks.push_back(std::make_unique<PairedNetwork>(context, model, cores, threads));
    kernels += networks.back()->tableSize();
  }
  size_t measured = cores.latenciesUs.size();
  llvm::outs() << "Made by `cpu_gpu_study" << (deviceFile.empty() ? "" : " --latencies=FILE")
               << "` on the networks of `python -m zoo`.\n\n"
               << "A simulation; nothing here ran on a GPU. The CPU is one unit of " << threads
               << " cores.\nLatencies of the " << kernels
               << " kernels and parts of kernels that splits can have: "
               << (measured ? "the cost model's, corrected by " + std::to_string(measured) +
                                  " measured kernels"
                            : std::string("the cost model's roofline"))
               << llvm::format(" at %.0f GFLOP/s a core.\n", cores.peakGflops)
               << "The GPU takes for each what the CPU takes on all cores, divided by 1, 2, 4 or "
                  "8.\nCopies go at "
               << int64_t(PairOptions().linkGBs)
               << " GB/s through the GPU's queue; what a copy costs beside its bytes is in the "
                  "sync. Plans: the beam's (`--search=dp`).\nTimes and gains are those of the "
                  "event simulator (`bench/EventReplay.h`), not the planner's own.\n";
  Writer writer(llvm::outs(), networks);
  writer.run();
  if (plotFile.empty())
    return 0;
  std::error_code error;
  llvm::ToolOutputFile file(plotFile, error, llvm::sys::fs::OF_Text);
  if (error) {
    llvm::errs() << plotFile << ": " << error.message() << "\n";
    return 1;
  }
  file.os() << gainPlot(writer.plotLines());
  file.keep();
  return 0;
}
