# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each network's paper says it costs, and other counts of the same network."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Published:
    """Multiply-adds and parameters in millions, as rounded in `source`.

    `within` is how far from them our count may be, relative; more than 0.03 has its reason in
    `note`. `exact` is the number of parameters of an independent implementation, 0 where there is
    none; `exact_source` says which.
    """
    macs: float
    parameters: float
    source: str
    exact: int = 0
    exact_source: str = ""
    within: float = 0.03
    note: str = ""


TORCHVISION = "torchvision, num_params of its weights"
IMGCLSMOB = "osmr/imgclsmob, table of ImageNet models"

PUBLISHED = {
    "mobilenet_v2": Published(
        300, 3.4, "MobileNetV2, CVPR 2018, table 4", 3504872, TORCHVISION, 0.035,
        "the paper cuts 3.5 M parameters to 3.4 M"),
    "mnasnet_a1": Published(312, 3.9, "MnasNet, CVPR 2019, table 1", 3887038, IMGCLSMOB),
    "mnasnet_b1": Published(315, 4.4, "MnasNet, arXiv 1807.11626, table 1", 4383312, IMGCLSMOB),
    "fbnet_b": Published(
        295, 4.5, "FBNet, CVPR 2019, comparison on ImageNet", within=0.06,
        note="the paper's table does not fit its own figure 4, which we follow; its authors' later "
        "code expands one block of stage 4 six times, for 291 M and 4.8 M"),
    "fbnet_c": Published(
        375, 5.5, "FBNet, CVPR 2019, comparison on ImageNet", 5572200 - 1536, IMGCLSMOB + ", less the 1x1 "
        "convolutions of three blocks that do not expand, which FBNet's own code leaves out"),
    "proxyless_r": Published(
        320, 4.08, "Once-for-all, ICLR 2020 (the network's own paper has no counts); "
        "parameters from its authors' code", 4080512, IMGCLSMOB),
    "single_path_nas": Published(
        346.73, 4.42, IMGCLSMOB + " (the network's own paper has no counts)", 4421616, IMGCLSMOB, 0.05,
        "that table counts activations and normalisations too"),
    "mobilenet_v3_large": Published(
        219, 5.4, "MobileNetV3, ICCV 2019, table 3", 5483032, TORCHVISION),
    "efficientnet_b0": Published(
        390, 5.3, "EfficientNet, ICML 2019, table 2", 5288548, TORCHVISION),
    "mixnet_m": Published(
        360, 5.0, "MixConv, BMVC 2019, results on ImageNet", 5014382, IMGCLSMOB, 0.07,
        "convolutions alone are 339 M; sigmoids and products of swish and of squeeze-and-excitation, "
        "large in this network, are likely in the paper's count"),
    "rexnet_1_0": Published(
        400, 4.8, "ReXNet, CVPR 2021, results on ImageNet", 4796873 - 687,
        "clovaai/rexnet, less the biases in front of a normalisation, which do nothing"),
    "resnet18": Published(1800, 11.7, "ResNet, CVPR 2016, table 1; parameters of torchvision",
                          11689512, TORCHVISION),
    "resnet50": Published(
        3800, 25.6, "ResNet, CVPR 2016, table 1; parameters of torchvision", 25557032, TORCHVISION,
        note="torchvision strides in the 3x3 convolutions instead (v1.5), for 4089 M"),
    "squeezenet_1_1": Published(
        360, 1.24, "forresti/SqueezeNet: 0.72 GFLOPS an image; parameters of torchvision",
        1235496, TORCHVISION, 0.035, "torchvision counts 349 M, as we do"),
    "shufflenet_v2_1_0": Published(
        146, 2.3, "ShuffleNet V2, ECCV 2018, table 8; parameters of its authors' code",
        2278604, TORCHVISION),
}

# Counted from the published configurations, block by block, not published themselves.
UNPUBLISHED = ("syncnas_mobilenet_v2", "syncnas_mnasnet_b1", "syncnas_fbnet_c")


def table(counted):
    """Markdown of {name: (MACs, parameters)}: ours beside what is published."""
    lines = ["| network | MACs (M) | published | parameters (M) | published | source |",
             "|---|---:|---:|---:|---:|---|"]
    for name, (macs, parameters) in counted.items():
        row = [name, f"{macs / 1e6:.1f}", "", f"{parameters / 1e6:.3f}", "", ""]
        if name in PUBLISHED:
            p = PUBLISHED[name]
            row[2], row[4] = f"{p.macs:g}", f"{p.parameters:g}"
            row[5] = p.source + (f". Note: {p.note}" if p.note else "")
        else:
            row[5] = "SyncNAS, LCTES 2023: its published configuration, without counts"
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"
