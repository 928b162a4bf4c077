// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/ModelFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

using namespace mlir;

namespace snc {

/// What a file that is no model looks like; empty where nothing comes to mind.
static StringRef guess(StringRef bytes) {
  StringRef text = bytes.take_front(512).ltrim();
  if (text.starts_with("version https://git-lfs"))
    return "it is a Git LFS pointer: fetch the file itself with 'git lfs pull'";
  if (text.starts_with_insensitive("<!doctype") || text.starts_with_insensitive("<html"))
    return "it is an HTML page: download the raw file, not its page";
  if (text.starts_with("{") || text.starts_with("ir_version:"))
    return "it is text: only the binary form is read";
  if (bytes.empty())
    return "it is empty";
  return "it is truncated, corrupt, or of another format";
}

LogicalResult ModelFile::open(MLIRContext &context, StringRef path) {
  Location loc = FileLineColLoc::get(&context, path, 0, 0);
  if (llvm::sys::fs::is_directory(path))
    return emitError(loc, "cannot open: is a folder");
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(loc, "cannot open: ") << buffer.getError().message();
  folder = llvm::sys::path::parent_path(path).str();
  if (folder.empty())
    folder = ".";
  StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() > size_t(INT_MAX))
    return emitError(loc, "is over 2 GiB: save it with external data");
  google::protobuf::LogSilencer quiet;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t *>(bytes.data()),
                                                int(bytes.size()));
  stream.SetRecursionLimit(64);
  bool parsed = proto.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
  if (!parsed)
    return emitError(loc, "not an ONNX model: ") << guess(bytes);
  if (proto.ir_version() < 3)
    return emitError(loc, "not an ONNX model: it states ")
           << (proto.has_ir_version() ? "IR version " + std::to_string(proto.ir_version())
                                      : "no IR version");
  if (!proto.has_graph() || proto.graph().output_size() == 0)
    return emitError(loc, "holds no graph with outputs");
  return success();
}

/// The real path of `location` below `folder`; empty when it leads elsewhere.
static std::string confined(StringRef folder, StringRef location) {
  namespace path = llvm::sys::path;
  if (location.empty() || path::is_absolute(location))
    return {};
  llvm::SmallString<256> wanted(folder), base, real;
  path::append(wanted, location);
  if (llvm::sys::fs::real_path(folder, base) || llvm::sys::fs::real_path(wanted, real))
    return {};
  if (!StringRef(real).starts_with(base) ||
      (real.size() > base.size() && real[base.size()] != '/' && base != "/"))
    return {};
  return std::string(real);
}

FailureOr<StringRef> ModelFile::externalData(const onnx::TensorProto &tensor, Location loc) {
  StringRef location;
  uint64_t offset = 0, length = UINT64_MAX;
  for (const auto &entry : tensor.external_data()) {
    bool bad = false;
    if (entry.key() == "location")
      location = entry.value();
    else if (entry.key() == "offset")
      bad = StringRef(entry.value()).getAsInteger(10, offset);
    else if (entry.key() == "length")
      bad = StringRef(entry.value()).getAsInteger(10, length);
    if (bad)
      return emitError(loc, "tensor '")
             << tensor.name() << "': external data has a malformed " << entry.key();
  }
  std::string path = confined(folder, location);
  if (path.empty())
    return emitError(loc, "tensor '") << tensor.name() << "': external data '" << location
                                      << "' is not a file in the model's folder";
  auto &file = files[path];
  if (!file) {
    auto buffer =
        llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!buffer)
      return emitError(loc, "cannot open external data '")
             << location << "': " << buffer.getError().message();
    file = std::move(*buffer);
  }
  uint64_t size = file->getBufferSize();
  if (length == UINT64_MAX && offset <= size)
    length = size - offset;
  if (offset > size || length > size - offset)
    return emitError(loc, "tensor '")
           << tensor.name() << "': external data reaches beyond the end of '" << location << "'";
  return file->getBuffer().substr(offset, length);
}

} // namespace snc
