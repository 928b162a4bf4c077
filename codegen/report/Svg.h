// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inline SVG as text; private to codegen/report. Lengths are CSS pixels. Texts and
// tooltips are escaped here; classes are ours and are not.

#ifndef SNC_CODEGEN_REPORT_SVG_H
#define SNC_CODEGEN_REPORT_SVG_H

#include <string>

namespace snc {

/// A length with at most one digit behind the point.
std::string pixels(double length);

class Svg {
public:
  enum Anchor { start, middle, end };

  /// A drawing of fixed size; `label` is what screen readers say.
  Svg(double width, double height, const std::string &classes, const std::string &label);

  /// `tooltip` becomes the <title> of the shape; none where it is empty.
  void rect(double x, double y, double width, double height, const std::string &classes,
            double radius = 0, const std::string &tooltip = "");
  void line(double x1, double y1, double x2, double y2, const std::string &classes);
  /// `commands` as in <path d>.
  void path(const std::string &commands, const std::string &classes,
            const std::string &tooltip = "");
  void text(double x, double y, const std::string &words, const std::string &classes,
            Anchor anchor = start);
  /// Puts in elements as they are, such as <defs>.
  void raw(const std::string &elements) { body += elements; }

  /// The whole element.
  std::string str() const { return body + "</svg>\n"; }

private:
  void close(const char *element, const std::string &tooltip);

  std::string body;
};

} // namespace snc

#endif // SNC_CODEGEN_REPORT_SVG_H
