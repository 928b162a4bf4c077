// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Timing.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <nlohmann/json.hpp>

namespace snc {

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "cannot measure: " + message);
}

llvm::Error runProgram(llvm::ArrayRef<llvm::StringRef> arguments, const std::string &output,
                       const std::string &scratch) {
  std::string errors = scratch + "/stderr";
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(output),
                                                llvm::StringRef(errors)};
  for (const std::string &file : {output, errors})
    llvm::sys::fs::remove(file); // a redirect does not truncate
  std::string message;
  int status = llvm::sys::ExecuteAndWait(arguments.front(), arguments, std::nullopt, redirects, 0,
                                         0, &message);
  if (status == 0)
    return llvm::Error::success();
  if (auto text = llvm::MemoryBuffer::getFile(errors))
    message += (*text)->getBuffer().trim();
  return failure(arguments.front() + ": " + message);
}

llvm::Expected<nlohmann::json> benchmarkLibrary(const CompilerOptions &options,
                                                const std::string &library, int rounds,
                                                const std::string &scratch) {
  std::string program = options.companion("syncnas-run"), output = scratch + "/run.json";
  if (llvm::Error error = runProgram(
          {program, library, "--benchmark", "--json", "--rounds", std::to_string(rounds)}, output,
          scratch))
    return std::move(error);
  auto text = llvm::MemoryBuffer::getFile(output);
  auto json = nlohmann::json::parse(text ? (*text)->getBuffer() : "", nullptr, false);
  auto median = nlohmann::json::json_pointer("/latency_ms/median");
  if (json.is_discarded() || !json.contains(median) || !json[median].is_number())
    return failure("syncnas-run printed no latency");
  return json;
}

} // namespace snc
