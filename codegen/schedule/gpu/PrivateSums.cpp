// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/schedule/gpu/PrivateSums.h"

#include <map>

namespace hl = Halide;
using namespace Halide::Internal;

namespace snc {

namespace {
/// Values of the lets around, in place of their names.
class Expander final : public IRMutator {
public:
  explicit Expander(const Scope<hl::Expr> &lets) : lets(lets) {}

protected:
  using IRMutator::visit;
  hl::Expr visit(const Variable *op) override {
    const hl::Expr *value = lets.find(op->name);
    return value ? *value : hl::Expr(op);
  }

private:
  const Scope<hl::Expr> &lets; ///< expanded themselves
};

class PrivateSums final : public IRMutator {
public:
  explicit PrivateSums(const std::string &func) : prefix(func + ".") {}

protected:
  using IRMutator::visit;
  hl::Internal::Stmt visit(const LetStmt *op) override {
    hl::Expr value = mutate(op->value);
    ScopedBinding<hl::Expr> bind(lets, op->name, Expander(lets).mutate(op->value));
    return LetStmt::make(op->name, value, mutate(op->body));
  }
  hl::Expr visit(const Let *op) override {
    hl::Expr value = mutate(op->value);
    ScopedBinding<hl::Expr> bind(lets, op->name, Expander(lets).mutate(op->value));
    return Let::make(op->name, value, mutate(op->body));
  }
  hl::Internal::Stmt visit(const For *op) override {
    if (op->for_type == ForType::GPUThread)
      firstThread[op->name] = 0;
    return IRMutator::visit(op);
  }
  hl::Internal::Stmt visit(const Allocate *op) override {
    if (!isSum(op->name) || op->memory_type != hl::MemoryType::Register)
      return IRMutator::visit(op);
    places.clear();
    own = hl::Expr();
    hl::Internal::Stmt body = mutate(op->body);
    return Allocate::make(op->name, op->type, op->memory_type, {int(places.size())}, op->condition,
                          body);
  }
  hl::Expr visit(const Load *op) override {
    if (!isSum(op->name))
      return IRMutator::visit(op);
    return Load::make(op->type, op->name, place(op->index, false), op->image, op->param,
                      op->predicate, ModulusRemainder());
  }
  hl::Internal::Stmt visit(const Store *op) override {
    if (!isSum(op->name))
      return IRMutator::visit(op);
    hl::Expr value = mutate(op->value);
    return Store::make(op->name, value, place(op->index, true), op->param, op->predicate,
                       ModulusRemainder());
  }

private:
  bool isSum(const std::string &name) const { return starts_with(name, prefix); }

  /// Where the element at `index` of the block's sums is among those of its thread. What a
  /// thread has not stored before it loads it is another's.
  hl::Expr place(const hl::Expr &index, bool store) {
    hl::Expr whole = Expander(lets).mutate(index);
    hl::Expr first = simplify(substitute(firstThread, whole));
    auto constant = as_const_int(first);
    hl::Expr threads = simplify(whole - first);
    if (!own.defined())
      own = threads;
    bool known = constant && (store || places.count(*constant));
    if (!known || !is_const_zero(simplify(own - threads)))
      throw hl::CompileError("sums in registers: " + prefix + " is read across threads");
    return places.try_emplace(*constant, int(places.size())).first->second;
  }

  std::string prefix;
  std::map<std::string, hl::Expr> firstThread; ///< each loop over threads, as zero
  Scope<hl::Expr> lets;
  std::map<int64_t, int> places;
  hl::Expr own; ///< what the thread's numbers add to every index
};
} // namespace

std::unique_ptr<IRMutator> privateSums(const std::string &func) {
  return std::make_unique<PrivateSums>(func);
}

} // namespace snc
