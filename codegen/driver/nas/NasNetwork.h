// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SyncNAS mode (--nas) around the search: base networks out of files, chosen networks as ONNX and
// as libraries.

#ifndef SNC_CODEGEN_DRIVER_NAS_NASNETWORK_H
#define SNC_CODEGEN_DRIVER_NAS_NASNETWORK_H

#include "codegen/driver/Compiler.h"
#include "nas/model/BaseModel.h"

namespace snc {

/// The base network that the options name: SyncNAS's configuration (.json) or a model (.onnx).
/// What is there to be said of a model that can be used goes to `err`.
llvm::Expected<BaseNetwork> openBase(const CompilerOptions &options, llvm::raw_ostream &err);

/// The bytes of an ONNX file of `network` with weights to begin with: inherited from the base
/// network where it has some, else drawn by `seed`.
std::string modelText(const StagedNetwork &network, const BaseNetwork &base, uint64_t seed);

/// What `--nas --emit=network` and `--emit=onnx` do: writes the network that --network names, else
/// the base, as SyncNAS's configuration or as a model with weights. Returns as compileModel.
int printNetwork(const CompilerOptions &options, llvm::raw_ostream &err);

/// Writes `network` into the output folder, as configuration (network.json) and as a model with
/// weights (network.onnx), and compiles that into the same folder. The library is called as for
/// the base network's file. Returns as compileModel.
int compileNetwork(const StagedNetwork &network, const BaseNetwork &base,
                   const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err);

/// What `--nas --network FILE.json` does: the network in it is compiled without a search.
int compileGivenNetwork(const CompilerOptions &options, llvm::raw_ostream &out,
                        llvm::raw_ostream &err);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_NAS_NASNETWORK_H
