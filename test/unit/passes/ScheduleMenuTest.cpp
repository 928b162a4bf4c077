// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Menus hold what can be computed, best first by the model of docs/schedules.md.

#include "passes/ScheduleMenu.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "passes/menu/Menus.h"
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using namespace snc;

namespace {
int64_t registersOf(RegisterTile t, int64_t vectors) {
  return vectors * (t.rows * t.pixels + t.rows) + 1;
}

TEST(RegisterTiles, CyclesWorkedOutByHand) {
  // 3 x 8: 24 sums in 12 cycles, 0.4 + 8 * 0.07 + 3 * 0.12 of delay; 44 a tile; 7 tiles, 2 panels.
  EXPECT_NEAR(tileCycles({8, 3}, {56, 56, 6, 1, 32}), (32 * 13.32 + 44) * 14, 1e-6);
  // 1 x 14 waits for 15 loads at 1.5 a cycle.
  EXPECT_NEAR(tileCycles({14, 1}, {14, 14, 1, 1, 100}), 100 * 10 + 34, 1e-6);
  // 1 x 2 waits for its own sums.
  EXPECT_NEAR(tileCycles({2, 1}, {2, 2, 1, 1, 100}), 100 * 4 + 22, 1e-6);
  // Seventeen pixels are three tiles of eight.
  EXPECT_NEAR(tileCycles({8, 1}, {17, 1, 1, 1, 10}), (10 * 6 + 28) * 3, 1e-6);
  // Six pixels too many come late.
  EXPECT_NEAR(tileCycles({14, 2}, {14, 14, 2, 1, 10, 2 << 20}), (10 * 15.62 + 48) * 1.072, 1e-6);
  // Two panels of 64 * 2304 bytes do not fit the first cache: 0.8 cycles a line.
  EXPECT_NEAR(tileCycles({14, 2}, {14, 14, 16, 1, 2304}), (2304 * 17.22 + 48) * 8, 1e-6);
  // 32 KiB fit, a line more does not.
  EXPECT_NEAR(tileCycles({14, 1}, {14, 14, 1, 1, 512}), 512 * 10 + 34, 1e-6);
  EXPECT_NEAR(tileCycles({14, 1}, {14, 14, 1, 1, 513}), 513 * 10.8 + 34, 1e-6);
  // Of three panels one of two threads has two.
  EXPECT_NEAR(tileCycles({2, 1}, {2, 2, 3, 1, 100, 0, 2}), (100 * 4 + 22) * 4, 1e-6);
}

TEST(RegisterTiles, NeverMoreThanThereAre) {
  for (int64_t registers : {16, 32})
    for (int64_t vectors : {1, 2})
      for (int64_t width : {1, 2, 7, 13, 14, 27, 56, 112})
        for (int64_t blocks : {1, 2, 3, 7, 8, 10, 12, 60}) {
          TileProblem problem{width, width, blocks, vectors, 64};
          SmallVector<RegisterTile> tiles = registerTiles(problem, registers);
          ASSERT_FALSE(tiles.empty());
          for (size_t i = 0; i < tiles.size(); ++i) {
            EXPECT_LE(registersOf(tiles[i], vectors), registers);
            EXPECT_LE(tiles[i].pixels, width);
            EXPECT_EQ(blocks % tiles[i].rows, 0);
            if (i)
              EXPECT_LE(tileCycles(tiles[i - 1], problem), tileCycles(tiles[i], problem));
          }
        }
}

TEST(RegisterTiles, KnownBest) {
  // (27 * 15.62 + 48) * 8 = 3758, next 3950.
  EXPECT_EQ(registerTiles({112, 112, 2, 1, 27}, 32)[0], (RegisterTile{14, 2}));
  // (64 * 13.32 + 44) * 7 * 4 = 25102, next 25144, which grows where pixels come late.
  EXPECT_EQ(registerTiles({56, 56, 12, 1, 64}, 32)[0], (RegisterTile{8, 3}));
  EXPECT_EQ(registerTiles({56, 56, 12, 1, 64, 4 << 20}, 32)[0], (RegisterTile{8, 3}));
  // 7 x 4 would spill.
  EXPECT_EQ(registerTiles({7, 7, 4, 1, 512}, 32)[0], (RegisterTile{7, 2}));
  EXPECT_EQ(registerTiles({56, 56, 3, 1, 64}, 16)[0], (RegisterTile{4, 3}));
}

class ScheduleMenuTest : public testing::Test {
protected:
  ScheduleMenuTest() { context.loadDialect<SncDialect, func::FuncDialect>(); }

  KernelOp parse(const std::string &body, StringRef target = "x86-64-avx512", int threads = 1) {
    std::string text = "module attributes {snc.target = \"" + target.str() +
                       "\", snc.threads = " + std::to_string(threads) + " : i64} {\n" + body + "}";
    modules.push_back(parseSourceString<ModuleOp>(text, &context));
    EXPECT_TRUE(modules.back());
    return *modules.back()->getOps<KernelOp>().begin();
  }

  static std::string conv(int64_t in, int64_t out, int64_t size, int64_t window, int64_t group,
                          const std::string &name = "k", int64_t lanes = 16) {
    auto s = [](int64_t n) { return std::to_string(n); };
    std::string pad = s(window / 2),
                plane = "x" + s(size) + "x" + s(size) + "xf32, #snc.blocked<" + s(lanes) + ">>";
    std::string x = "tensor<1x" + s(in) + plane, y = "tensor<1x" + s(out) + plane;
    std::string w =
        "tensor<" + s(out) + "x" + s(in / group) + "x" + s(window) + "x" + s(window) + "xf32>";
    return "snc.kernel @" + name + "(%x: " + x + ", %w: " + w + ") -> " + y +
           " {\n  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, "
           "pads = array<i64: " +
           pad + ", " + pad + ", " + pad + ", " + pad + ">, group = " + s(group) + " : i64} : (" +
           x + ", " + w + ") -> " + y + "\n  snc.yield %0 : " + y + "\n}\n";
  }

  static std::string gemm(int64_t m, int64_t k, int64_t n) {
    auto t = [](int64_t a, int64_t b) {
      return "tensor<" + std::to_string(a) + "x" + std::to_string(b) + "xf32>";
    };
    return "snc.kernel @k(%a: " + t(m, k) + ", %b: " + t(k, n) + ") -> " + t(m, n) +
           " {\n  %0 = snc.gemm %a, %b : (" + t(m, k) + ", " + t(k, n) + ") -> " + t(m, n) +
           "\n  snc.yield %0 : " + t(m, n) + "\n}\n";
  }

  SmallVector<ScheduleAttr> menuOf(KernelOp kernel) {
    auto module = kernel->getParentOfType<ModuleOp>();
    return scheduleMenu(kernel, targetOf(module), threadsOf(kernel));
  }

  /// Few, all different, all of one kind, and the same when asked again.
  void check(KernelOp kernel, StringRef kind) {
    SmallVector<ScheduleAttr> menu = menuOf(kernel);
    ASSERT_FALSE(menu.empty());
    EXPECT_LE(menu.size(), kMenuSize);
    std::set<std::string> texts;
    for (ScheduleAttr schedule : menu) {
      EXPECT_EQ(schedule.getKind(), kind);
      EXPECT_TRUE(texts.insert(scheduleText(schedule)).second) << scheduleText(schedule);
    }
    EXPECT_EQ(menuOf(kernel), menu);
  }

  MLIRContext context;
  std::vector<OwningOpRef<ModuleOp>> modules;
};

TEST_F(ScheduleMenuTest, EveryClassHasOne) {
  for (StringRef target : {"x86-64-avx512", "x86-64-avx2", "x86-64-sse41", "aarch64-linux"}) {
    int64_t lanes = findTarget(target)->blockLanes;
    for (int threads : {1, 2, 4}) {
      for (int64_t size : {1, 2, 7, 14, 27, 56}) {
        check(parse(conv(64, 96, size, 1, 1, "k", lanes), target, threads), "conv");
        check(parse(conv(64, 80, size, 3, 1, "k", lanes), target, threads), "conv");
        check(parse(conv(96, 96, size, 3, 96, "k", lanes), target, threads), "depthwise");
        check(parse(conv(32, 32, size, 5, 32, "k", lanes), target, threads), "depthwise");
      }
      for (auto [m, n] : {std::pair(1, 1000), {1, 10}, {2, 3}, {3, 64}, {8, 100}, {64, 64}})
        check(parse(gemm(m, 64, n), target, threads), "gemm");
      check(parse(conv(32, 32, 8, 1, 2, "k", lanes), target, threads), "generic");
    }
  }
}

TEST_F(ScheduleMenuTest, TilesOfMenusFitTheRegisters) {
  for (StringRef target : {"x86-64-avx512", "x86-64-avx2"})
    for (int64_t size : {7, 14, 28, 56})
      for (int64_t out : {16, 32, 48, 96, 160, 320}) {
        const Target &t = *findTarget(target);
        for (ScheduleAttr s : menuOf(parse(conv(64, out, size, 1, 1, "k", t.blockLanes), target)))
          EXPECT_LE(registersOf({s.get("pixels", 0), s.get("rows", 0)}, 1), t.registers);
        for (ScheduleAttr s : menuOf(parse(gemm(size, 64, out), target))) {
          int64_t columns = s.get("lanes", 0) / t.vectorLanes;
          EXPECT_LE(columns * (s.get("rows", 0) + 1) + 1, t.registers);
          EXPECT_LE(s.get("rows", 0), size);
        }
      }
}

TEST_F(ScheduleMenuTest, BothOrdersWhereTheyDiffer) {
  auto orders = [&](KernelOp kernel) {
    std::set<int64_t> all;
    for (ScheduleAttr s : menuOf(kernel))
      all.insert(s.get("channels_outer", -1));
    return all;
  };
  EXPECT_EQ(orders(parse(conv(64, 256, 14, 1, 1))), (std::set<int64_t>{0, 1}));
  EXPECT_EQ(orders(parse(conv(64, 16, 14, 1, 1))).size(), 1u); // one panel
  EXPECT_EQ(orders(parse(conv(64, 256, 1, 1, 1))).size(), 1u); // one row
}

TEST_F(ScheduleMenuTest, ACopyOfTheBorderOnlyWhereThereIsOne) {
  auto copies = [&](KernelOp kernel) {
    return llvm::count_if(menuOf(kernel), [](ScheduleAttr s) { return s.get("pad_block", 0); });
  };
  EXPECT_EQ(copies(parse(conv(96, 96, 14, 3, 96))), 1);
  EXPECT_EQ(copies(parse(conv(96, 96, 14, 1, 96))), 0);
}

TEST_F(ScheduleMenuTest, StripsAreRowsAsTheShapeHasIt) {
  auto first = [&](int64_t channels, int64_t size, int threads) {
    return menuOf(parse(conv(channels, channels, size, 3, channels), "x86-64-avx512", threads))[0];
  };
  EXPECT_EQ(first(96, 14, 2).get("by_rows", -1), 1) << "7 and 7 rows";
  EXPECT_EQ(first(96, 7, 2).get("by_rows", -1), 0) << "3 and 3 blocks, 4 and 3 rows";
  EXPECT_EQ(first(48, 7, 2).get("by_rows", -1), 1) << "4 and 3 rows, 2 blocks and 1";
  EXPECT_EQ(first(96, 14, 1).get("by_rows", -1), 0) << "one strip";
  // Both ways are in the menu.
  auto menu = menuOf(parse(conv(96, 96, 14, 3, 96), "x86-64-avx512", 2));
  EXPECT_EQ(menu[0].get("by_rows", -1) + menu[1].get("by_rows", -1), 1);
}

TEST_F(ScheduleMenuTest, KeysKnowWhatMatters) {
  std::string key = scheduleKey(parse(conv(64, 96, 14, 1, 1)));
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(key, scheduleKey(parse(conv(64, 96, 14, 1, 1, "other"))));
  EXPECT_NE(key, scheduleKey(parse(conv(64, 96, 15, 1, 1))));
  EXPECT_NE(key, scheduleKey(parse(conv(64, 96, 14, 1, 1), "x86-64-avx2")));
  EXPECT_NE(key, scheduleKey(parse(conv(64, 96, 14, 1, 1), "x86-64-avx512", 2)));
  // A schedule, and weights in its order, change nothing.
  std::string text = conv(64, 96, 14, 1, 1);
  KernelOp kernel = parse(text);
  kernel.setScheduleAttr(menuOf(kernel)[0]);
  EXPECT_EQ(key, scheduleKey(kernel));
  Value weight = kernel.getBody().getArgument(1);
  auto type = cast<RankedTensorType>(weight.getType());
  weight.setType(RankedTensorType::get(type.getShape(), type.getElementType(),
                                       PackedAttr::get(&context, "conv", 16, 2, 16, 1, false)));
  EXPECT_EQ(key, scheduleKey(kernel));
  EXPECT_EQ(menuOf(kernel), menuOf(parse(text)));
}
} // namespace
