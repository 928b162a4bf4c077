// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the body of @main operator by operator; each has its name as location.

#ifndef SNC_TEST_UNIT_SEARCH_NETWORKTEXT_H
#define SNC_TEST_UNIT_SEARCH_NETWORKTEXT_H

#include <map>
#include <string>
#include <vector>

namespace snc::test {

/// Values are named as the operators that compute them; "x" is the input. All are pictures
/// of one image. Convolutions have all-one weights.
class NetworkText {
public:
  NetworkText(int channels, int side) { shapes["x"] = {channels, side}; }

  /// `kernel` wide, padded to keep the plane at stride 1; `group` 0: depthwise.
  void conv(const std::string &name, const std::string &in, int channels, int kernel = 1,
            int stride = 1, int group = 1) {
    auto [c, side] = shapes.at(in);
    group = group ? group : c;
    std::string weight = "tensor<" + std::to_string(channels) + "x" + std::to_string(c / group) +
                         "x" + std::to_string(kernel) + "x" + std::to_string(kernel) + "xf32>";
    int pad = kernel / 2;
    std::string pads, strides = std::to_string(stride);
    for (int i = 0; i < 4; ++i)
      pads += (i ? ", " : "") + std::to_string(pad);
    shapes[name] = {channels, (side + 2 * pad - kernel) / stride + 1};
    body += "  %w_" + name + " = snc.constant dense<1.0> : " + weight + " : " + weight + "\n";
    line(name,
         "conv %" + in + ", %w_" + name + " {strides = array<i64: " + strides + ", " + strides +
             ">, dilations = array<i64: 1, 1>, pads = array<i64: " + pads +
             ">, group = " + std::to_string(group) + "}",
         "(" + type(in) + ", " + weight + ")");
  }

  /// Elementwise, of one or two values; the shape is the first's.
  void pointwise(const std::string &name, const std::string &op,
                 const std::vector<std::string> &in) {
    shapes[name] = shapes.at(in.front());
    line(name, op + " " + list(in), types(in));
  }

  void softmax(const std::string &name, const std::string &in) {
    shapes[name] = shapes.at(in);
    line(name, "softmax %" + in + " {axis = 1 : i64}", types({in}));
  }

  /// The mean of each channel.
  void mean(const std::string &name, const std::string &in) {
    shapes[name] = {shapes.at(in).first, 1};
    line(name, "reduce_mean %" + in + " {axes = array<i64: 2, 3>, keepdims = true}", types({in}));
  }

  void concat(const std::string &name, const std::vector<std::string> &in) {
    int channels = 0;
    for (const std::string &value : in)
      channels += shapes.at(value).first;
    shapes[name] = {channels, shapes.at(in.front()).second};
    line(name, "concat " + list(in) + " {axis = 1 : i64}", types(in));
  }

  /// An inverted residual without its sum: NAME.e, NAME.d and NAME.
  void block(const std::string &name, const std::string &in, int expanded, int out, int kernel = 3,
             int stride = 1) {
    conv(name + ".e", in, expanded);
    conv(name + ".d", name + ".e", expanded, kernel, stride, 0);
    conv(name, name + ".d", out);
  }

  std::string done(const std::vector<std::string> &results) const {
    std::string all = types(results);
    return "func.func @main(%x: " + type("x") + ") -> " + all + " {\n" + body + "  return " +
           list(results) + " : " + all.substr(1, all.size() - 2) + "\n}";
  }

private:
  std::string type(const std::string &value) const {
    auto [channels, side] = shapes.at(value);
    std::string edge = std::to_string(side);
    return "tensor<1x" + std::to_string(channels) + "x" + edge + "x" + edge + "xf32>";
  }
  std::string types(const std::vector<std::string> &values) const {
    std::string text;
    for (const std::string &value : values)
      text += (text.empty() ? "" : ", ") + type(value);
    return "(" + text + ")";
  }
  static std::string list(const std::vector<std::string> &values) {
    std::string text;
    for (const std::string &value : values)
      text += (text.empty() ? "%" : ", %") + value;
    return text;
  }
  void line(const std::string &name, const std::string &op, const std::string &operands) {
    body += "  %" + name + " = snc." + op + " : " + operands + " -> " + type(name) + " loc(\"" +
            name + "\")\n";
  }

  std::map<std::string, std::pair<int, int>> shapes; ///< channels, edge
  std::string body;
};

} // namespace snc::test

#endif // SNC_TEST_UNIT_SEARCH_NETWORKTEXT_H
