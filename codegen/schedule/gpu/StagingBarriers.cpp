// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/schedule/gpu/StagingBarriers.h"

#include <set>
#include <string>
#include <vector>

namespace hl = Halide;
using namespace Halide::Internal;

namespace snc {

namespace {
/// What happens to shared memory, in the order of the program: s for a store, l for a load,
/// b for a barrier, ( and ) around the body of a loop that has one.
class History final : public IRVisitor {
public:
  std::string events;

protected:
  using IRVisitor::visit;
  void visit(const Allocate *op) override {
    if (op->memory_type == hl::MemoryType::GPUShared)
      shared.insert(op->name);
    IRVisitor::visit(op);
  }
  void visit(const For *op) override {
    size_t before = events.size();
    IRVisitor::visit(op);
    if (events.find('b', before) == std::string::npos)
      return;
    events.insert(before, "(");
    events += ')';
  }
  void visit(const Store *op) override {
    IRVisitor::visit(op);
    if (shared.count(op->name))
      events += 's';
  }
  void visit(const Load *op) override {
    IRVisitor::visit(op);
    if (shared.count(op->name))
      events += 'l';
  }
  void visit(const Call *op) override {
    IRVisitor::visit(op);
    if (op->is_intrinsic(Call::gpu_thread_barrier))
      events += 'b';
  }

private:
  std::set<std::string> shared;
};

/// For each barrier whether it stands between stores alone and another one follows them.
std::vector<bool> needless(const std::string &events) {
  std::vector<bool> result;
  for (size_t at = 0; at < events.size(); ++at) {
    if (events[at] != 'b')
      continue;
    size_t before = events.find_last_not_of('s', at ? at - 1 : 0);
    size_t after = events.find_first_not_of('s', at + 1);
    bool copyBefore = at && before != std::string::npos && before + 1 < at &&
                      std::string("b(").find(events[before]) != std::string::npos;
    result.push_back(copyBefore && after != std::string::npos && after > at + 1 &&
                     events[after] == 'b');
  }
  return result;
}

class StagingBarriers final : public IRMutator {
public:
  hl::Internal::Stmt mutate(const hl::Internal::Stmt &s) override {
    if (!started) {
      started = true;
      History history;
      s.accept(&history);
      drop = needless(history.events);
    }
    return IRMutator::mutate(s);
  }
  using IRMutator::mutate;

protected:
  using IRMutator::visit;
  hl::Internal::Stmt visit(const Evaluate *op) override {
    constexpr int shared = 2; // CodeGen_GPU_Dev::MemoryFenceType
    const auto *call = op->value.as<Call>();
    if (!call || !call->is_intrinsic(Call::gpu_thread_barrier))
      return IRMutator::visit(op);
    if (drop[next++])
      return Evaluate::make(0);
    auto fence = as_const_int(call->args[0]);
    return Evaluate::make(Call::make(call->type, Call::gpu_thread_barrier,
                                     {IntImm::make(hl::Int(32), (fence ? *fence : 0) | shared)},
                                     Call::Intrinsic));
  }

private:
  bool started = false;
  std::vector<bool> drop; ///< of each barrier, in the order of the program
  size_t next = 0;
};
} // namespace

std::unique_ptr<IRMutator> stagingBarriers() { return std::make_unique<StagingBarriers>(); }

} // namespace snc
