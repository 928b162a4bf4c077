// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/LatencyFile.h"

#include "search/DeviceDescription.h"
#include "tools/run/LoadedLibrary.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/file.h>
#include <unistd.h>

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using snc::run::RunError;

namespace snc::profile {

static void mergeInto(Json &old, const Json &fresh) {
  for (const auto &[name, value] : fresh.items())
    if (value.is_object() && old.contains(name) && old[name].is_object())
      mergeInto(old[name], value);
    else
      old[name] = value;
}

static std::string cpuOf(const Json &latencies) {
  auto device = latencies.find("device");
  return device != latencies.end() ? device->value("cpu", "") : "";
}

static std::string gpuOf(const Json &latencies) {
  auto device = latencies.find("device");
  bool has = device != latencies.end() && device->is_object() && device->contains("gpu") &&
             (*device)["gpu"].is_object();
  return has ? (*device)["gpu"].value("name", "") : "";
}

/// Of two times of a kernel: their mean, weighted by runs, where they agree but
/// for noise, else the smaller: its operands were nearer, and that is what the
/// kernel takes by itself.
static Json eitherTime(const Json &a, const Json &b) {
  constexpr double kNoise = 1.15;
  double one = a.value("us", 0.0), two = b.value("us", 0.0);
  Json result = one <= two ? a : b;
  if (std::max(one, two) > kNoise * std::min(one, two))
    return result;
  double runs = std::max(1.0, a.value("runs", 1.0)), more = std::max(1.0, b.value("runs", 1.0));
  result["us"] = (one * runs + two * more) / (runs + more);
  if (result.contains("runs"))
    result["runs"] = int64_t(runs + more);
  return result;
}

Json mergeLatencies(Json old, const Json &fresh) {
  auto same = [](const std::string &before, const std::string &now, const char *what) {
    if (!before.empty() && !now.empty() && before != now)
      throw RunError("measured on '" + before + "', this " + what + " is '" + now +
                     "': give each " + what + " a file of its own");
  };
  same(cpuOf(old), cpuOf(fresh), "machine");
  same(gpuOf(old), gpuOf(fresh), "GPU");
  // A kernel is measured as a whole: nothing of the other time stays beside it.
  Json news = fresh;
  if (old.contains("kernels") && fresh.contains("kernels"))
    for (const auto &[key, value] : fresh["kernels"].items()) {
      Json &known = old["kernels"];
      if (known.contains(key))
        news["kernels"][key] = eitherTime(known[key], value);
      known.erase(key);
    }
  mergeInto(old, news);
  return old;
}

Json readLatencies(const std::string &path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    return Json::object();
  if (status.type() != fs::file_type::regular)
    throw RunError(path + ": not a regular file");
  std::ifstream file(path);
  if (!file)
    throw RunError(path + ": cannot read this file");
  try {
    Json json = Json::parse(file);
    // The reader's rules are the writer's.
    if (auto device = deviceFromJson(nlohmann::json(json)); !device)
      throw RunError(path + ": " + llvm::toString(device.takeError()));
    return json;
  } catch (const Json::exception &error) {
    throw RunError(path + ": not a file of latencies: " + error.what());
  }
}

namespace {
/// Held by one program at a time; of the folder, since the file is replaced. Best
/// effort: some file systems know no locks.
class FolderLock {
public:
  explicit FolderLock(const fs::path &folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_ >= 0)
      while (::flock(folder_, LOCK_EX) != 0 && errno == EINTR) {
      }
  }
  ~FolderLock() {
    if (folder_ >= 0)
      ::close(folder_);
  }
  FolderLock(const FolderLock &) = delete;
  FolderLock &operator=(const FolderLock &) = delete;
  /// Makes a rename in the folder survive a loss of power.
  void sync() const {
    if (folder_ >= 0)
      ::fsync(folder_);
  }

private:
  int folder_;
};

/// `name` is that of messages.
void replaceFile(const std::string &path, const std::string &name, const std::string &text) {
  auto fail = [&](const std::string &why) {
    throw RunError(name + ": cannot write this file: " + why);
  };
  auto temp = llvm::sys::fs::TempFile::create(path + ".%%%%%%%%");
  if (!temp)
    fail(llvm::toString(temp.takeError()));
  llvm::raw_fd_ostream out(temp->FD, /*shouldClose=*/false);
  out << text;
  out.flush();
  std::error_code error = out.error();
  out.clear_error(); // else its end is the program's
  if (!error && ::fsync(temp->FD) != 0)
    error = std::error_code(errno, std::generic_category());
  if (error) {
    llvm::consumeError(temp->discard());
    fail(error.message());
  }
  if (llvm::Error failed = temp->keep(path))
    fail(llvm::toString(std::move(failed)));
}
} // namespace

static fs::path targetOf(const std::string &path) {
  std::error_code error;
  fs::path file = fs::weakly_canonical(fs::absolute(path), error);
  return error ? fs::path(path) : file;
}

static Json mergedWithFile(const std::string &path, const Json &fresh) {
  Json old = readLatencies(path);
  try {
    return mergeLatencies(std::move(old), fresh);
  } catch (const RunError &error) {
    throw RunError(path + ": " + error.what());
  }
}

void checkLatencies(const std::string &path, const Json &fresh) {
  mergedWithFile(path, fresh);
  if (::access(targetOf(path).parent_path().c_str(), W_OK) != 0)
    throw RunError(path + ": cannot write this file: " + std::strerror(errno));
}

void updateLatencies(const std::string &path, const Json &fresh) {
  fs::path file = targetOf(path);
  FolderLock lock(file.parent_path());
  Json merged = mergedWithFile(path, fresh);
  // Names of nodes are the model's: any bytes.
  replaceFile(file.string(), path,
              merged.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  lock.sync();
}

} // namespace snc::profile
