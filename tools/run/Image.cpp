// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Image.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <memory>
#include <sstream>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_HDR
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace snc::run {

const std::vector<Preset> &presets() {
  static const std::vector<Preset> all = {
      {"imagenet",
       "RGB / 255, ImageNet mean and std (torchvision, timm)",
       {123.675f, 116.28f, 103.53f},
       {1 / 58.395f, 1 / 57.12f, 1 / 57.375f}},
      {"inception",
       "RGB to -1..1 (TensorFlow, Keras mobilenet)",
       {127.5f, 127.5f, 127.5f},
       {1 / 127.5f, 1 / 127.5f, 1 / 127.5f}},
      {"caffe", "BGR minus (104, 117, 123)", {104, 117, 123}, {1, 1, 1}, true},
      {"cifar10",
       "RGB / 255, CIFAR-10 mean and std",
       {125.3070f, 122.9610f, 113.8575f},
       {1 / 62.985f, 1 / 62.0925f, 1 / 66.708f},
       false,
       1.0},
      {"face",
       "RGB, (x - 127) / 128, stretched to the input (UltraFace)",
       {127, 127, 127},
       {1 / 128.f, 1 / 128.f, 1 / 128.f},
       false,
       1.0,
       true},
      {"unit", "RGB / 255", {0, 0, 0}, {1 / 255.f, 1 / 255.f, 1 / 255.f}},
      {"raw", "RGB, 0..255", {0, 0, 0}, {1, 1, 1}},
  };
  return all;
}

/// "m,m,m/s,s,s"; false where `text` is anything else.
static bool readNumbers(const std::string &text, Preset &into) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  float std[3];
  char between[6] = {};
  for (int i = 0; i < 6; ++i) {
    in >> (i < 3 ? into.mean[i] : std[i - 3]);
    if (i < 5)
      in >> between[i];
  }
  if (!in || in.peek() != EOF || std::string(between) != ",,/,,")
    return false;
  for (int i = 0; i < 3; ++i) {
    into.mean[i] *= 255;
    into.scale[i] = 1 / (255 * std[i]);
  }
  return std::all_of(std, std + 3, [](float s) { return s > 0; });
}

Preset findPreset(const std::string &name) {
  std::string names;
  for (const Preset &p : presets()) {
    if (name == p.name)
      return p;
    names += std::string(" ") + p.name;
  }
  Preset own{"own", "", {}, {}, false, 1.0};
  if (readNumbers(name, own))
    return own;
  throw RunError("--preprocess: no preset '" + name + "'; there are:" + names +
                 ", or mean,mean,mean/std,std,std of values 0 to 1");
}

bool isImagePath(const std::string &path) {
  std::string lower = path;
  std::transform(lower.begin(), lower.end(), lower.begin(), ::tolower);
  for (const char *ending : {".jpg", ".jpeg", ".png", ".bmp"})
    if (lower.ends_with(ending))
      return true;
  return false;
}

namespace {
struct Pixels {
  int width, height, channels;
  std::vector<uint8_t> data; ///< interleaved rows
};

Pixels load(const std::string &path, int channels) {
  Pixels p{};
  int inFile = 0;
  std::unique_ptr<stbi_uc, void (*)(void *)> data(
      stbi_load(path.c_str(), &p.width, &p.height, &inFile, channels), stbi_image_free);
  if (!data)
    throw RunError(path + ": cannot read this picture (" + stbi_failure_reason() + ")");
  p.channels = channels;
  p.data.assign(data.get(), data.get() + size_t(p.width) * p.height * channels);
  return p;
}

/// The source pixels that one result pixel averages.
struct Taps {
  int first;
  std::vector<float> weights;
};

// Pillow's BILINEAR: a triangle that widens when it shrinks a picture. Networks
// were trained, and are compared, on pictures resized this way.
std::vector<Taps> triangle(int in, int out) {
  double scale = double(in) / out, support = std::max(scale, 1.0);
  std::vector<Taps> all;
  for (int i = 0; i < out; ++i) {
    double centre = (i + 0.5) * scale, sum = 0;
    int first = std::max(0, int(centre - support + 0.5));
    int last = std::min(in, int(centre + support + 0.5));
    Taps taps{first, {}};
    for (int k = first; k < last; ++k) {
      double weight = std::max(0.0, 1.0 - std::fabs((k - centre + 0.5) / support));
      taps.weights.push_back(float(weight));
      sum += weight;
    }
    for (float &w : taps.weights)
      w = float(w / sum);
    all.push_back(taps);
  }
  return all;
}

/// One line of one channel; steps are in bytes.
void resample(const uint8_t *from, uint8_t *to, const std::vector<Taps> &taps, int step,
              int toStep) {
  for (size_t i = 0; i < taps.size(); ++i) {
    float sum = 0.5f;
    const uint8_t *source = from + size_t(taps[i].first) * step;
    for (float w : taps[i].weights) {
      sum += w * *source;
      source += step;
    }
    to[i * size_t(toStep)] = uint8_t(std::clamp(sum, 0.0f, 255.0f));
  }
}

// Rounds to 8 bits between the passes, as Pillow does.
Pixels resize(const Pixels &from, int width, int height) {
  int c = from.channels;
  Pixels wide{width, from.height, c, {}}, to{width, height, c, {}};
  wide.data.resize(size_t(width) * from.height * c);
  to.data.resize(size_t(width) * height * c);
  std::vector<Taps> across = triangle(from.width, width), down = triangle(from.height, height);
  for (int y = 0; y < from.height; ++y)
    for (int k = 0; k < c; ++k)
      resample(&from.data[size_t(y) * from.width * c + k], &wide.data[size_t(y) * width * c + k],
               across, c, c);
  for (int x = 0; x < width * c; ++x)
    resample(&wide.data[size_t(x)], &to.data[size_t(x)], down, width * c, width * c);
  return to;
}

Pixels fit(const Pixels &picture, const Preset &preset, int width, int height) {
  if (preset.stretch)
    return resize(picture, width, height);
  double w = std::round(width * preset.shortSideFactor);
  double h = std::round(height * preset.shortSideFactor);
  double factor = std::max(w / picture.width, h / picture.height);
  return resize(picture, std::max(width, int(std::lround(picture.width * factor))),
                std::max(height, int(std::lround(picture.height * factor))));
}
} // namespace

void readImage(const std::string &path, const Preset &preset, const snc_tensor_info &info,
               float *into) {
  bool usable = info.dtype == SNC_FLOAT32 && info.rank == 4 && info.dims[0] == 1 &&
                (info.dims[1] == 1 || info.dims[1] == 3);
  if (!usable)
    throw RunError("input '" + std::string(info.name) +
                   "' is no picture: need float32 1xCxHxW with C 1 or 3");
  int channels = int(info.dims[1]), height = int(info.dims[2]), width = int(info.dims[3]);
  Pixels p = fit(load(path, channels), preset, width, height);
  int left = (p.width - width) / 2, top = (p.height - height) / 2;
  for (int c = 0; c < channels; ++c) {
    int source = preset.bgr && channels == 3 ? 2 - c : c;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        size_t at = (size_t(y + top) * p.width + x + left) * channels + source;
        *into++ = (float(p.data[at]) - preset.mean[c]) * preset.scale[c];
      }
  }
}

} // namespace snc::run
