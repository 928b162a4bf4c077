// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/StagedNetwork.h"
#include "nlohmann/json.hpp"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"

namespace snc {

using nlohmann::json;

static json toJson(const ConvSpec &conv) {
  return {conv.inChannels, conv.outChannels, conv.kernel, conv.stride};
}

static json toJson(const BlockSpec &block) {
  json value{block.inSize,     block.kernels.front(), block.stride,
             block.inChannels, block.expanded,        block.outChannels};
  json more = json::object();
  if (block.squeezed)
    more["se"] = block.squeezed;
  if (!block.act.empty())
    more["act"] = block.act;
  if (block.kernels.size() > 1)
    more["kernels"] = std::vector<int64_t>(block.kernels.begin(), block.kernels.end());
  if (!block.lateAct.empty())
    more["late_act"] = block.lateAct;
  if (!block.gateAct.empty())
    more["se_act"] = block.gateAct;
  if (block.expandGroups > 1 || block.projectGroups > 1)
    more["groups_pw"] = {block.expandGroups, block.projectGroups};
  if (block.partialShortcut)
    more["shortcut"] = "partial";
  if (!more.empty())
    value.push_back(more);
  return value;
}

static json toJson(const std::vector<BlockSpec> &blocks) {
  json value = json::array();
  for (const BlockSpec &block : blocks)
    value.push_back(toJson(block));
  return value;
}

json toJson(const StagedNetwork &network) {
  json value{{"name", network.name},
             {"act", network.act},
             {"stem", toJson(network.stem)},
             {"head", toJson(network.head)},
             {"bn_momentum", network.bnMomentum},
             {"eps", network.bnEpsilon}};
  if (network.classes != 1000)
    value["classes"] = network.classes;
  if (network.hidden)
    value["hidden"] = network.hidden;
  json syncs = json::array();
  for (size_t s = 0; s < network.stages.size(); ++s) {
    const StageSpec &stage = network.stages[s];
    json &place = value[std::to_string(s)];
    if (!network.isBranched())
      place = toJson(stage.branches.front());
    else
      for (size_t b = 0; b < stage.branches.size(); ++b)
        place[std::to_string(b)] = toJson(stage.branches[b]);
    syncs.push_back(std::string(1, char(stage.sync)));
  }
  if (network.isBranched())
    value["sync"] = syncs;
  return value;
}

// Reading: errors are thrown, for nlohmann throws as well, and caught in one place.

[[noreturn]] static void refuse(const llvm::Twine &message) {
  throw std::runtime_error(message.str());
}

static int64_t wholeNumber(const json &value, const std::string &where) {
  if (!value.is_number_integer())
    refuse(where + ": expected a whole number, got " + value.dump());
  return value.get<int64_t>();
}

static std::vector<int64_t> wholeNumbers(const json &value, size_t count,
                                         const std::string &where) {
  if (!value.is_array() || value.size() < count)
    refuse(where + ": expected " + llvm::Twine(count) + " numbers, got " + value.dump());
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < count; ++i)
    numbers.push_back(wholeNumber(value[i], where));
  return numbers;
}

static ConvSpec convFrom(const json &object, const std::string &member) {
  if (!object.contains(member))
    refuse("there is no '" + member + "'");
  std::vector<int64_t> n = wholeNumbers(object.at(member), 4, member);
  return {n[0], n[1], n[2], n[3]};
}

static BlockSpec blockFrom(const json &value, const std::string &where) {
  std::vector<int64_t> n = wholeNumbers(value, 6, where);
  BlockSpec block;
  block.inSize = n[0];
  block.kernels = {n[1]};
  block.stride = n[2];
  block.inChannels = n[3];
  block.expanded = n[4];
  block.outChannels = n[5];
  if (value.size() > 6) {
    const json &more = value[6];
    if (!more.is_object())
      refuse(where + ": expected an object behind the numbers, got " + more.dump());
    if (more.contains("se"))
      block.squeezed = wholeNumber(more.at("se"), where + ", 'se'");
    block.act = more.value("act", std::string());
    block.lateAct = more.value("late_act", std::string());
    block.gateAct = more.value("se_act", std::string());
    if (more.contains("groups_pw")) {
      std::vector<int64_t> groups = wholeNumbers(more.at("groups_pw"), 2, where + ", 'groups_pw'");
      block.expandGroups = groups[0];
      block.projectGroups = groups[1];
    }
    if (more.contains("shortcut")) {
      if (more.at("shortcut") != "partial")
        refuse(where + ": a 'shortcut' is \"partial\", got " + more.at("shortcut").dump());
      block.partialShortcut = true;
    }
    if (more.contains("kernels")) {
      const json &kernels = more.at("kernels");
      std::vector<int64_t> sizes = wholeNumbers(kernels, kernels.size(), where + ", 'kernels'");
      block.kernels.assign(sizes.begin(), sizes.end());
    }
  }
  return block;
}

static std::vector<BlockSpec> blocksFrom(const json &value, const std::string &where) {
  if (!value.is_array())
    refuse(where + ": expected blocks");
  std::vector<BlockSpec> blocks;
  for (const json &block : value)
    blocks.push_back(blockFrom(block, where + ", block " + std::to_string(blocks.size())));
  return blocks;
}

static StageSpec stageFrom(const json &value, const std::string &where) {
  StageSpec stage;
  if (!value.is_object()) {
    stage.branches.push_back(blocksFrom(value, where));
    return stage;
  }
  for (size_t b = 0; b < value.size(); ++b) {
    std::string branch = where + ", branch " + std::to_string(b);
    if (!value.contains(std::to_string(b)))
      refuse(branch + ": it is missing");
    stage.branches.push_back(blocksFrom(value.at(std::to_string(b)), branch));
  }
  return stage;
}

static SyncKind syncFrom(const json &value, size_t stage) {
  std::string letter = value.is_string() ? value.get<std::string>() : value.dump();
  if (letter != "n" && letter != "a" && letter != "c")
    refuse("stage " + llvm::Twine(stage) + ": a sync is \"n\", \"a\" or \"c\", got " + letter);
  return SyncKind(letter[0]);
}

static StagedNetwork networkFrom(const json &value) {
  if (!value.is_object())
    refuse("expected an object with \"stem\", \"head\" and the stages \"0\", \"1\", ...");
  StagedNetwork network;
  network.name = value.value("name", std::string("network"));
  network.act = value.value("act", std::string("ReLU6"));
  network.stem = convFrom(value, "stem");
  network.head = convFrom(value, "head");
  network.bnMomentum = value.value("bn_momentum", network.bnMomentum);
  network.bnEpsilon = value.value("eps", network.bnEpsilon);
  if (value.contains("classes"))
    network.classes = wholeNumber(value.at("classes"), "classes");
  if (value.contains("hidden"))
    network.hidden = wholeNumber(value.at("hidden"), "hidden");
  for (size_t s = 0; value.contains(std::to_string(s)); ++s)
    network.stages.push_back(stageFrom(value.at(std::to_string(s)), "stage " + std::to_string(s)));
  if (!value.contains("sync"))
    return network;
  const json &syncs = value.at("sync");
  if (!syncs.is_array() || syncs.size() != network.stages.size())
    refuse("'sync' does not hold a letter for each stage");
  for (size_t s = 0; s < syncs.size(); ++s)
    network.stages[s].sync = syncFrom(syncs[s], s);
  return network;
}

llvm::Expected<StagedNetwork> stagedNetworkFromJson(const json &value) {
  try {
    StagedNetwork network = networkFrom(value);
    if (llvm::Error error = network.verify())
      return std::move(error);
    return network;
  } catch (const std::exception &error) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), error.what());
  }
}

llvm::Expected<StagedNetwork> readStagedNetwork(llvm::StringRef path) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), path + ": " + message);
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(buffer.getError().message());
  auto parsed = json::parse((*buffer)->getBuffer(), nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded())
    return fail("not JSON");
  auto network = stagedNetworkFromJson(parsed);
  if (!network)
    return fail(llvm::toString(network.takeError()));
  return network;
}

} // namespace snc
