// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Bisect.h"

#include "tools/run/CompareValues.h"
#include "tools/run/GpuState.h"

#include <cmath>
#include <cstdio>
#include <sstream>

using Json = nlohmann::ordered_json;

namespace snc::run {

namespace {
using Bytes = std::vector<char>;

/// Reads values inside the hook.
struct Reader {
  snc_read_fn read;
  void *values;
  Bytes operator()(const KernelValue &value) const {
    Bytes bytes(value.bytes);
    if (int32_t status = read(values, value.buffer, value.bytes, bytes.data()))
      throw RunError("cannot read what it computes: status " + std::to_string(status));
    return bytes;
  }
};

/// Runs once, one kernel after the other, and tells `each` of all. What it throws ends
/// in an exception of this.
class InspectedRun {
public:
  using Each = std::function<void(uint32_t kernel, const Reader &read)>;
  explicit InspectedRun(Each each) : each_(std::move(each)) {}

  Json run(const LoadedLibrary &library, snc_options options, const BisectOptions &how) {
    options.threads = 1; // so the hook is called on one thread
    options.user = this;
    options.inspect = inspect;
    options.log = log;
    Session session(library, options);
    how.fill(session);
    session.run();
    if (!error_.empty())
      throw RunError(error_);
    return deviceJson(session);
  }

private:
  static void inspect(void *user, uint32_t kernel, snc_read_fn read, void *values) {
    auto *self = static_cast<InspectedRun *>(user);
    try {
      if (self->error_.empty())
        self->each_(kernel, {read, values});
    } catch (const std::exception &error) {
      self->error_ = error.what();
    }
  }
  static void log(void *, const char *message) { std::fprintf(stderr, "%s\n", message); }

  Each each_;
  std::string error_;
};

/// A kernel of the CPU's program with what it has written.
struct Reference {
  const ProgramKernel *kernel;
  std::vector<Bytes> written;
};

std::vector<Reference> runReference(const LoadedLibrary &library, snc_options options,
                                    const std::vector<ProgramKernel> &kernels,
                                    const BisectOptions &how) {
  std::vector<Reference> references;
  InspectedRun run([&](uint32_t k, const Reader &read) {
    const ProgramKernel &kernel = kernels.at(k);
    references.push_back({&kernel, {}});
    for (const KernelValue &value : kernel.writes)
      references.back().written.push_back(read(value));
  });
  options.gpu_flags = SNC_GPU_OFF;
  run.run(library, options, how);
  return references;
}

/// Operators that do more than to move values: "conv+relu+relayout" -> "conv+relu".
std::string workOf(const std::string &op) {
  std::string work;
  std::istringstream parts(op);
  for (std::string part; std::getline(parts, part, '+');)
    if (part != "transfer" && part != "relayout")
      work += (work.empty() ? "" : "+") + part;
  return work;
}

std::string lastWork(const std::string &op) {
  std::string work = workOf(op);
  return work.substr(work.rfind('+') + 1);
}

double flopsOfAnElement(const ProgramKernel &kernel) {
  double elements = 0;
  for (const KernelValue &value : kernel.writes) {
    double count = 1;
    for (int64_t extent : value.shape)
      count *= double(extent);
    elements += count;
  }
  return elements > 0 ? double(kernel.flops) / elements : 0;
}

/// The last of "a+b+c".
std::string lastNode(const std::string &nodes) {
  return nodes.substr(nodes.rfind('+') + 1); // all of it where there is no '+'
}

/// The kernel that ends with the same node, so with the same value; why there is none.
/// Branches that add up have fewer operations in each result, halos only add some.
const Reference *find(const std::vector<Reference> &references, const ProgramKernel &kernel,
                      std::string &why) {
  why = "no kernel of the CPU ends with the same node";
  if (kernel.nodes == kernel.name) {
    why = "its nodes have no names";
    return nullptr;
  }
  for (const Reference &reference : references) {
    const ProgramKernel &other = *reference.kernel;
    bool same = other.nodes == kernel.nodes && workOf(other.op) == workOf(kernel.op);
    bool copies = workOf(other.op).empty();
    if (copies || lastNode(other.nodes) != lastNode(kernel.nodes) ||
        lastWork(other.op) != lastWork(kernel.op) || other.writes.size() != kernel.writes.size())
      continue;
    if (!same || flopsOfAnElement(kernel) >= 0.999 * flopsOfAnElement(other))
      return &reference;
    why = "a part of a sum";
  }
  return nullptr;
}

void addDifference(Json &entry, const Difference &d, const KernelValue &value, size_t elements,
                   double tolerance) {
  bool worst = !entry.contains("relative") || d.relative > entry["relative"].get<double>();
  entry["compared"] = true;
  entry["agrees"] = entry.value("agrees", true) && d.relative <= tolerance;
  if (!worst)
    return;
  entry["relative"] = d.relative; // null in JSON where infinite
  entry["at"] = d.at;
  entry["gpu"] = d.part;
  entry["cpu"] = d.whole;
  entry["beyond"] = d.beyond;
  entry["elements"] = elements;
  if (d.axis >= 0)
    entry["part"] = {
        {"axis", d.axis}, {"begin", d.begin}, {"end", d.begin + value.shape[size_t(d.axis)]}};
}

/// What a kernel that only moves values has written, with what it has read.
void compareMoved(Json &entry, const ProgramKernel &kernel, const Reader &read, double tolerance) {
  const KernelValue &to = kernel.writes.at(0);
  DenseTensor written = unpack(to, read(to).data());
  for (const KernelValue &from : kernel.reads) {
    DenseTensor source = unpack(from, read(from).data());
    bool joins = source.values.size() < written.values.size();
    const DenseTensor &part = joins ? source : written, &whole = joins ? written : source;
    Difference d = compare(part, whole, tolerance);
    if (joins)
      std::swap(d.part, d.whole);
    addDifference(entry, d, joins ? from : to, part.values.size(), tolerance);
  }
}

void compareKernel(Json &entry, const ProgramKernel &kernel, const Reader &read,
                   const std::vector<Reference> &references, double tolerance) {
  std::string why, work = workOf(kernel.op);
  bool moves = work.empty() || work == "slice" || work == "concat";
  if (moves && kernel.writes.size() == 1 && !kernel.reads.empty())
    return compareMoved(entry, kernel, read, tolerance);
  const Reference *reference = find(references, kernel, why);
  if (!reference)
    throw RunError(why);
  for (size_t i = 0; i < kernel.writes.size(); ++i) {
    const KernelValue &value = kernel.writes[i];
    DenseTensor mine = unpack(value, read(value).data());
    DenseTensor whole = unpack(reference->kernel->writes[i], reference->written[i].data());
    addDifference(entry, compare(mine, whole, tolerance), value, mine.values.size(), tolerance);
  }
}

Json compareOutputs(const LoadedLibrary &library, snc_options options, const BisectOptions &how) {
  options.gpu_flags = SNC_GPU_NO_FALLBACK;
  Session planned(library, options);
  options.gpu_flags = SNC_GPU_OFF;
  Session reference(library, options);
  for (Session *session : {&planned, &reference}) {
    how.fill(*session);
    session->run();
  }
  Json list = Json::array();
  for (size_t i = 0; i < library.outputs().size(); ++i) {
    const snc_tensor_info &info = *library.outputs()[i];
    Json entry{{"name", info.name}};
    KernelValue value = denseValue(info);
    try {
      Difference d = compare(unpack(value, planned.output(i)), unpack(value, reference.output(i)),
                             how.tolerance);
      addDifference(entry, d, value, 0, how.tolerance);
    } catch (const RunError &error) {
      entry["why"] = error.what();
    }
    list.push_back(std::move(entry));
  }
  return list;
}
} // namespace

Json bisect(const LoadedLibrary &library, const snc_options &base, const BisectOptions &how) {
  Programs programs = readPrograms(readManifest(library));
  if (programs.planned.size() != library.kernels().size())
    throw RunError("manifest.json: other kernels than the library's: compile the model again");
  Json result{{"gpu", nullptr}, {"tolerance", how.tolerance}};
  result["outputs"] = compareOutputs(library, base, how);
  std::vector<Reference> references = runReference(library, base, programs.fallback, how);
  Json kernels = Json::array();
  Json first = nullptr;
  InspectedRun run([&](uint32_t k, const Reader &read) {
    const ProgramKernel &kernel = programs.planned.at(k);
    Json entry{{"kernel", kernel.nodes},
               {"op", kernel.op},
               {"device", kernel.device},
               {"compared", false}};
    try {
      compareKernel(entry, kernel, read, references, how.tolerance);
    } catch (const RunError &error) {
      entry["why"] = error.what();
    }
    if (first.is_null() && !entry.value("agrees", true))
      first = kernels.size();
    kernels.push_back(std::move(entry));
  });
  snc_options options = base;
  options.gpu_flags = SNC_GPU_NO_FALLBACK;
  result["gpu"] = run.run(library, options, how);
  bool agrees = first.is_null();
  for (const Json &output : result["outputs"])
    agrees &= output.value("agrees", true);
  result["agrees"] = agrees;
  result["first"] = first;
  result["kernels"] = std::move(kernels);
  return result;
}

} // namespace snc::run
