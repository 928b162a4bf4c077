// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/TensorFile.h"

#include "onnx-ml.pb.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace snc::run {

namespace {
struct DType {
  uint32_t dtype;
  const char *name, *npy;
  size_t bytes;
};
constexpr DType kTypes[] = {
    {SNC_FLOAT32, "float32", "<f4", 4}, {SNC_UINT8, "uint8", "|u1", 1},
    {SNC_INT8, "int8", "|i1", 1},       {SNC_UINT16, "uint16", "<u2", 2},
    {SNC_INT16, "int16", "<i2", 2},     {SNC_INT32, "int32", "<i4", 4},
    {SNC_INT64, "int64", "<i8", 8},     {SNC_BOOL, "bool", "|b1", 1},
    {SNC_FLOAT16, "float16", "<f2", 2}, {SNC_FLOAT64, "float64", "<f8", 8},
    {SNC_UINT32, "uint32", "<u4", 4},   {SNC_UINT64, "uint64", "<u8", 8},
};

const DType &typeOf(uint32_t dtype) {
  for (const DType &t : kTypes)
    if (t.dtype == dtype)
      return t;
  throw RunError("element type " + std::to_string(dtype) + " is not supported");
}

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw RunError(path + ": cannot open this file");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

[[noreturn]] void mismatch(const std::string &path, const snc_tensor_info &info,
                           const std::string &has) {
  throw RunError(path + ": holds " + has + ", but input '" + info.name + "' is " +
                 dtypeName(info.dtype) + " " + shapeText(info));
}

void readNpy(const std::string &path, const snc_tensor_info &info, char *into) {
  std::string data = readFile(path);
  if (data.size() < 10 || data.compare(0, 6, "\x93NUMPY") != 0)
    throw RunError(path + ": not a .npy file");
  bool wide = data[6] >= 2;
  size_t start = wide ? 12 : 10, length = 0;
  if (data.size() < start)
    throw RunError(path + ": truncated");
  for (size_t i = 0; i < (wide ? 4u : 2u); ++i)
    length |= size_t(uint8_t(data[8 + i])) << (8 * i);
  if (length > data.size() - start)
    throw RunError(path + ": truncated");
  std::string header = data.substr(start, length);
  size_t payload = start + length;
  bool typed = header.find("'" + std::string(typeOf(info.dtype).npy) + "'") != std::string::npos;
  if (header.find("'fortran_order': True") != std::string::npos)
    throw RunError(path + ": Fortran order; save with numpy.ascontiguousarray");
  if (!typed || data.size() - payload != info.bytes)
    mismatch(path, info, "an array " + header.substr(0, header.find_last_of('}') + 1));
  std::memcpy(into, data.data() + payload, info.bytes);
}

template <typename Values> std::string packed(const Values &values, size_t elementBytes) {
  std::string bytes;
  for (auto value : values) // little endian: the low bytes are the narrow value
    bytes.append(reinterpret_cast<const char *>(&value), elementBytes);
  return bytes;
}

void readPb(const std::string &path, const snc_tensor_info &info, char *into) {
  onnx::TensorProto proto;
  if (!proto.ParseFromString(readFile(path)))
    throw RunError(path + ": not a TensorProto");
  std::string bytes = proto.raw_data();
  size_t size = dtypeBytes(info.dtype);
  if (bytes.empty()) {
    switch (info.dtype) {
    case SNC_FLOAT32:
      bytes = packed(proto.float_data(), size);
      break;
    case SNC_FLOAT64:
      bytes = packed(proto.double_data(), size);
      break;
    case SNC_INT64:
      bytes = packed(proto.int64_data(), size);
      break;
    case SNC_UINT32:
    case SNC_UINT64:
      bytes = packed(proto.uint64_data(), size);
      break;
    default:
      bytes = packed(proto.int32_data(), size);
    }
  }
  if (uint32_t(proto.data_type()) != info.dtype || bytes.size() != info.bytes)
    mismatch(path, info,
             std::to_string(bytes.size()) + " bytes of ONNX type " +
                 std::to_string(proto.data_type()));
  std::memcpy(into, bytes.data(), bytes.size());
}
} // namespace

const char *dtypeName(uint32_t dtype) { return typeOf(dtype).name; }
size_t dtypeBytes(uint32_t dtype) { return typeOf(dtype).bytes; }

std::string shapeText(const snc_tensor_info &info) {
  std::string text;
  for (int32_t i = 0; i < info.rank; ++i)
    text += (i ? "x" : "") + std::to_string(info.dims[i]);
  return info.rank ? text : "scalar";
}

void readTensor(const std::string &path, const snc_tensor_info &info, char *into) {
  if (path.ends_with(".pb"))
    return readPb(path, info, into);
  readNpy(path, info, into);
}

void writeNpy(const std::string &path, const snc_tensor_info &info, const char *data) {
  std::ostringstream header;
  header << "{'descr': '" << typeOf(info.dtype).npy << "', 'fortran_order': False, 'shape': (";
  for (int32_t i = 0; i < info.rank; ++i)
    header << info.dims[i] << (info.rank == 1 ? "," : i + 1 < info.rank ? ", " : "");
  header << "), }";
  std::string text = header.str();
  text.append(63 - (10 + text.size()) % 64, ' '); // the format aligns data to 64
  text += '\n';
  std::ofstream file(path, std::ios::binary);
  file.write("\x93NUMPY\x01\x00", 8);
  char length[2] = {char(text.size() & 0xff), char(text.size() >> 8)};
  file.write(length, 2);
  file << text;
  file.write(data, std::streamsize(info.bytes));
  if (!file.flush())
    throw RunError(path + ": cannot write this file");
}

} // namespace snc::run
