// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Photographs as network inputs: decoding, resizing, normalising.

#ifndef SNC_TOOLS_RUN_IMAGE_H
#define SNC_TOOLS_RUN_IMAGE_H

#include "tools/run/LoadedLibrary.h"

namespace snc::run {

/// How a picture becomes a tensor: resize the short side to
/// `shortSide(n)`, crop the centre, then (value - mean[c]) * scale[c] by channel.
struct Preset {
  const char *name;
  const char *meaning; ///< one line for --help
  float mean[3];       ///< in 0..255, in the order of the channels fed
  float scale[3];
  bool bgr = false;
  double shortSideFactor = 256.0 / 224.0; ///< of the crop's size
  bool stretch = false;                   ///< resize to the input's size, no crop
};

/// Every preset of --preprocess.
const std::vector<Preset> &presets();
/// The preset called `name`, or one of a training's own numbers, "mean,mean,mean/std,std,std" of
/// values 0 to 1, RGB, on what is left of the picture without a border. Throws RunError listing
/// the names.
Preset findPreset(const std::string &name);

/// True for the file names that readImage understands.
bool isImagePath(const std::string &path);

/// Reads a JPEG, PNG or BMP into input `info` (f32, 1 x C x H x W with C 1 or 3).
/// Throws RunError.
void readImage(const std::string &path, const Preset &preset, const snc_tensor_info &info,
               float *into);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_IMAGE_H
