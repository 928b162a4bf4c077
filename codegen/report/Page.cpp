// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Page.h"

#include "codegen/report/ReportText.h"

namespace snc {

/// Nothing from elsewhere may be loaded, whatever names hold.
std::string htmlPage(const std::string &title, const std::string &style, const std::string &body) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n<title>" +
         escaped(shortened(title, 80)) + " \u00b7 syncnasc</title>\n<style>\n" + style +
         "</style>\n</head>\n<body>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

std::string htmlSection(const char *title, const std::string &note, const std::string &body) {
  if (body.empty() && note.empty())
    return "";
  std::string head = std::string("<section>\n<h2>") + title + "</h2>\n";
  if (!note.empty())
    head += "<p class=\"note\">" + note + "</p>\n";
  return head + body + "</section>\n";
}

std::string scrolled(const std::string &drawing) {
  return "<div class=\"scroll\" tabindex=\"0\">\n" + drawing + "</div>\n";
}

} // namespace snc
