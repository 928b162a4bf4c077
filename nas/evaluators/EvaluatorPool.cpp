// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/evaluators/EvaluatorPool.h"

#include "nas/evaluators/EvaluatorLoop.h"

namespace snc {

EvaluatorPool::EvaluatorPool(std::unique_ptr<EvaluatorLoop> loop) : loop(std::move(loop)) {}
EvaluatorPool::~EvaluatorPool() = default;

llvm::Expected<std::unique_ptr<EvaluatorPool>> EvaluatorPool::open(EvaluatorPoolOptions options) {
  std::unique_ptr<Listener> listener;
  if (!options.listen.empty()) {
    auto opened = Listener::open(options.listen);
    if (!opened)
      return opened.takeError();
    listener = std::move(*opened);
  }
  auto loop = std::make_unique<EvaluatorLoop>(std::move(options), std::move(listener));
  return std::unique_ptr<EvaluatorPool>(new EvaluatorPool(std::move(loop)));
}

Evaluation EvaluatorPool::evaluate(const EvaluationRequest &request) {
  return loop->add(request).get();
}

std::string EvaluatorPool::broken() const { return loop->broken(); }
std::string EvaluatorPool::address() const { return loop->address(); }

} // namespace snc
