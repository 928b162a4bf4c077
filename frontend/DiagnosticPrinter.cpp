// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/DiagnosticPrinter.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

using namespace mlir;

namespace snc {

Location nodeLocation(MLIRContext *context, StringRef file, StringRef node, StringRef op) {
  auto fileLoc = FileLineColLoc::get(context, file, 0, 0);
  // The operator's name is outside the chain of node names, as metadata.
  auto withOp = FusedLoc::get({fileLoc}, StringAttr::get(context, op), context);
  return NameLoc::get(StringAttr::get(context, node), withOp);
}

namespace {
struct Place {
  StringRef file, node, op;
  unsigned line = 0;
};

// Of a fused location the first node names the place.
void find(Location loc, Place &place) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    if (place.node.empty())
      place.node = name.getName();
    return find(name.getChildLoc(), place);
  }
  if (auto fused = dyn_cast<FusedLoc>(loc)) {
    if (auto op = dyn_cast_if_present<StringAttr>(fused.getMetadata()); op && place.op.empty())
      place.op = op.getValue();
    if (!fused.getLocations().empty())
      find(fused.getLocations().front(), place);
    return;
  }
  if (auto file = dyn_cast<FileLineColLoc>(loc)) {
    place.file = file.getFilename();
    place.line = file.getLine();
  }
}
} // namespace

void printDiagnostic(const Diagnostic &diagnostic, llvm::raw_ostream &os) {
  Place place;
  find(diagnostic.getLocation(), place);
  os << (place.file.empty() ? "syncnasc" : place.file);
  if (place.line)
    os << ":" << place.line;
  bool warning = diagnostic.getSeverity() == DiagnosticSeverity::Warning;
  bool remark = diagnostic.getSeverity() == DiagnosticSeverity::Remark;
  os << (warning ? ": warning: " : remark ? ": remark: " : ": error: ");
  if (!place.node.empty()) {
    os << "node '" << place.node << "'";
    if (!place.op.empty())
      os << " (" << place.op << ")";
    os << ": ";
  }
  os << diagnostic.str() << "\n";
  for (const Diagnostic &note : diagnostic.getNotes())
    os << "  " << note.str() << "\n";
}

} // namespace snc
