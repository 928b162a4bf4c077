#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains the demo network on CIFAR-10 and exports it to ONNX.

    examples/demo/train.py --data cifar10.tar --epochs 12 --onnx examples/demo/cifar10_mobilenet.onnx

Needs PyTorch and Pillow (Debian: python3-torch, python3-pil). Resumes from its
checkpoint. SGD with Nesterov momentum, one cycle of the learning rate, label
smoothing, random shifts and flips.
"""

import argparse
import pathlib
import sys
import time

import torch

from data import augment, load, normalise
from export import export
from model import DemoNet


def accuracy(net, images, labels):
    net.eval()
    right = 0
    with torch.no_grad():
        for at in range(0, len(images), 500):
            right += (net(normalise(images[at:at + 500])).argmax(1) == labels[at:at + 500]).sum().item()
    return right / len(images)


def train_epoch(net, optimizer, schedule, images, labels, generator, batch):
    net.train()
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    order = torch.randperm(len(images), generator=generator)
    total = 0.0
    for at in range(0, len(order) - batch + 1, batch):
        pick = order[at:at + batch]
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(net(normalise(augment(images[pick], generator))), labels[pick])
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
    return total / (len(order) // batch)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True, help="tar of JPEGs")
    parser.add_argument("--cache", default="/tmp/cifar10_decoded.npz")
    parser.add_argument("--checkpoint", type=pathlib.Path, default=pathlib.Path("/tmp/demo_checkpoint.pt"))
    parser.add_argument("--onnx", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    splits = load(args.data, args.cache)
    images, labels = splits["train"]
    net = DemoNet()
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimizer = torch.optim.SGD([{"params": decay, "weight_decay": 5e-4}, {"params": plain}],
                                lr=args.lr, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, args.lr, epochs=args.epochs, steps_per_epoch=len(images) // args.batch, pct_start=0.25)
    first = 0
    if args.checkpoint.exists():
        state = torch.load(args.checkpoint)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        steps = schedule.total_steps
        schedule.load_state_dict(state["schedule"])
        if schedule.total_steps != steps:
            sys.exit(f"{args.checkpoint} is of a run with other --epochs or --batch: remove it to begin anew")
        first = state["epoch"]
        print(f"resuming {args.checkpoint} after epoch {first}", flush=True)
    for epoch in range(first, args.epochs):
        begin = time.time()
        # A seed of its own for each epoch, so that a resumed run sees the same pictures.
        generator = torch.Generator().manual_seed(args.seed * 1000 + epoch)
        loss = train_epoch(net, optimizer, schedule, images, labels, generator, args.batch)
        # Renamed into place: a run that is killed here must find the last one whole.
        part = args.checkpoint.with_name(args.checkpoint.name + ".part")
        torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(), "epoch": epoch + 1}, part)
        part.replace(args.checkpoint)
        export(net, args.onnx)
        print(f"epoch {epoch + 1}/{args.epochs}: loss {loss:.3f}, {time.time() - begin:.0f} s", flush=True)
    export(net, args.onnx)
    print(f"top-1 over {len(splits['test'][0])} test images: {100 * accuracy(net, *splits['test']):.2f} %")


if __name__ == "__main__":
    main()
