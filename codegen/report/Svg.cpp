// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Svg.h"

#include "codegen/report/ReportText.h"

namespace snc {

std::string pixels(double length) {
  std::string text = fixedText(length, 1);
  if (text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0)
    text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

static std::string attribute(const char *name, const std::string &value) {
  return std::string(" ") + name + "=\"" + value + "\"";
}

static std::string lengthAttribute(const char *name, double length) {
  return attribute(name, pixels(length));
}

Svg::Svg(double width, double height, const std::string &classes, const std::string &label) {
  body = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"" + attribute("class", classes) +
         lengthAttribute("width", width) + lengthAttribute("height", height) +
         attribute("viewBox", "0 0 " + pixels(width) + " " + pixels(height)) +
         attribute("aria-label", escaped(label)) + ">\n";
}

void Svg::close(const char *element, const std::string &tooltip) {
  if (tooltip.empty())
    body += "/>\n";
  else
    body += "><title>" + escaped(tooltip) + "</title></" + element + ">\n";
}

void Svg::rect(double x, double y, double width, double height, const std::string &classes,
               double radius, const std::string &tooltip) {
  body += "<rect" + attribute("class", classes) + lengthAttribute("x", x) +
          lengthAttribute("y", y) + lengthAttribute("width", width) +
          lengthAttribute("height", height);
  if (radius > 0)
    body += lengthAttribute("rx", radius);
  close("rect", tooltip);
}

void Svg::line(double x1, double y1, double x2, double y2, const std::string &classes) {
  body += "<line" + attribute("class", classes) + lengthAttribute("x1", x1) +
          lengthAttribute("y1", y1) + lengthAttribute("x2", x2) + lengthAttribute("y2", y2);
  close("line", "");
}

void Svg::path(const std::string &commands, const std::string &classes,
               const std::string &tooltip) {
  body += "<path" + attribute("class", classes) + attribute("d", commands);
  close("path", tooltip);
}

void Svg::text(double x, double y, const std::string &words, const std::string &classes,
               Anchor anchor) {
  body += "<text" + attribute("class", classes) + lengthAttribute("x", x) + lengthAttribute("y", y);
  if (anchor != start)
    body += attribute("text-anchor", anchor == middle ? "middle" : "end");
  body += ">" + escaped(words) + "</text>\n";
}

} // namespace snc
