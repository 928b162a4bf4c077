# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Training in memory: SGD with momentum, warm-up, cosine annealing with restarts, EMA of weights.

Loshchilov and Hutter, SGDR, ICLR 2017, for the schedule. The same seed, settings and number of
threads give the same weights. All of it takes modules of copies.merge too.
"""

import copy
import math
from dataclasses import dataclass, fields

import torch
from torch.nn import functional

from . import copies


@dataclass(frozen=True)
class Settings:
    epochs: float = 2.0
    batch: int = 128
    lr: float = 0.1
    optimiser: str = "sgd"  # or adamw, which gets further in the first hundred steps
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 1e-5  # SyncNAS's
    smoothing: float = 0.0  # label smoothing
    warmup: float = 0.1  # part of all steps in which the rate rises from 0
    restarts: int = 0  # of the cosine, evenly spaced
    constant: bool = False  # no annealing; with ema the average makes up for it
    pad: int = 0  # zeros around for the random crop
    flip: bool = True
    ema: float = 0.0  # decay a step of the averaged weights, 0 for none
    clip: float = 0.0  # largest norm of the gradient, 0 for none


def add_arguments(parser):
    """Adds an option for each setting to an argparse parser."""
    add = parser.add_argument
    default = Settings()
    add("--epochs", type=float, default=default.epochs, help="passes over the training images")
    add("--batch", type=int, default=default.batch)
    add("--lr", type=float, default=default.lr, help="largest learning rate")
    add("--optimiser", choices=("sgd", "adamw"), default=default.optimiser)
    add("--momentum", type=float, default=default.momentum)
    add("--plain-momentum", dest="nesterov", action="store_false", help="instead of Nesterov's")
    add("--weight-decay", type=float, default=default.weight_decay)
    add("--smoothing", type=float, default=default.smoothing, help="label smoothing")
    add("--warmup", type=float, default=default.warmup, help="part of the steps")
    add("--restarts", type=int, default=default.restarts, help="of the cosine annealing")
    add("--constant", action="store_true", help="keep the learning rate, for use with --ema")
    add("--pad", type=int, default=default.pad, help="pixels around for the random crop")
    add("--no-flip", dest="flip", action="store_false")
    add("--ema", type=float, default=default.ema, help="decay of averaged weights, 0 for none")
    add("--clip", type=float, default=default.clip, help="largest norm of the gradient, 0: any")


def from_arguments(options):
    """The settings of options that add_arguments added."""
    return Settings(**{field.name: getattr(options, field.name) for field in fields(Settings)})


class Diverged(ArithmeticError):
    """The loss is no number any more."""


def rate(settings, step, steps):
    """Learning rate of `step` of `steps`."""
    warm = int(settings.warmup * steps)
    if step < warm:
        return settings.lr * (step + 1) / (warm + 1)
    if settings.constant:
        return settings.lr
    length = (steps - warm) / (settings.restarts + 1)
    return settings.lr * 0.5 * (1 + math.cos(math.pi * (((step - warm) % length) / length)))


class Trainer:
    """Holds a module, its optimiser and its average through training steps."""

    def __init__(self, module, settings, steps):
        self.module = module.to(memory_format=torch.channels_last)
        self.settings, self.steps, self.step = settings, steps, 0
        if settings.optimiser == "adamw":
            self.optimiser = torch.optim.AdamW(module.parameters(), lr=settings.lr, foreach=True,
                                               betas=(settings.momentum, 0.99),
                                               weight_decay=settings.weight_decay)
        else:
            self.optimiser = torch.optim.SGD(
                module.parameters(), lr=settings.lr, momentum=settings.momentum,
                nesterov=settings.nesterov, weight_decay=settings.weight_decay, foreach=True)
        self.average = copy.deepcopy(module) if settings.ema else None

    def advance(self, x, y):
        """One step on a batch, of data.Batches or copies.Batches. Returns the loss of each copy.

        Raises Diverged when none is finite.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.settings, self.step, self.steps)
        self.optimiser.zero_grad(set_to_none=True)
        losses = _losses(self.module, x, y, self.settings.smoothing).mean(0)
        values = losses.tolist()
        if not any(map(math.isfinite, values)):
            raise Diverged(f"the loss is {values[0]} at step {self.step}")
        losses.sum().backward()
        if self.settings.clip:
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), self.settings.clip)
        self.optimiser.step()
        self.step += 1
        if self.average is not None:
            self._update_average()
        return values

    @property
    def result(self):
        """The module to evaluate: the average if there is one."""
        return self.module if self.average is None else self.average

    @torch.no_grad()
    def _update_average(self):
        # Early on the average follows the weights more closely, as it starts from noise.
        decay = min(self.settings.ema, self.step / (self.step + 10))
        mine, new = list(self.average.parameters()), list(self.module.parameters())
        torch._foreach_mul_(mine, decay)
        torch._foreach_add_(mine, new, alpha=1 - decay)
        for old, buffer in zip(self.average.buffers(), self.module.buffers()):
            old.copy_(buffer)


def _losses(module, x, y, smoothing=0.0):
    """Cross entropy of each image and copy, N x copies; y is N x copies, or N of one."""
    logits = module(x).unflatten(1, (copies.count(module), -1))
    labels = y.view(len(y), -1)
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none",
                                    label_smoothing=smoothing).view(labels.shape)


def train(module, batches, settings):
    """Trains for settings.epochs. Returns (module to evaluate, each copy's mean loss of the last quarter)."""
    module.train()
    steps = max(1, round(settings.epochs * len(batches)))
    trainer, losses = Trainer(module, settings, steps), []
    while trainer.step < steps:
        for x, y in batches.epoch():
            losses.append(trainer.advance(x, y))
            if trainer.step == steps:
                break
    last = losses[-max(1, steps // 4):]
    return trainer.result, [sum(each) / len(last) for each in zip(*last)]


@torch.no_grad()
def settle_norms(module, part, batch=500):
    """Takes the batch norms' statistics anew over a data.Part, as those kept while weights changed lag.

    Has little effect after a long training, much after a hundred steps. Returns each copy's accuracy
    over the part, with each batch's own statistics.
    """
    norms = [layer for layer in module.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    kept = [layer.momentum for layer in norms]
    for layer in norms:
        layer.reset_running_stats()
        layer.momentum = None  # a plain average over batches
    module.train()
    right = 0
    for start in range(0, len(part), batch):
        x, y = part.x[start:start + batch], part.y[start:start + batch]
        if len(x) > 1 or start == 0:
            right += (_logits(module, x).argmax(2) == y.unsqueeze(1)).sum(0)
    for layer, momentum in zip(norms, kept):
        layer.momentum = momentum
    return (right / len(part)).tolist()


@torch.no_grad()
def evaluate(module, part, batch=512):
    """[(top-1 accuracy 0 to 1, mean cross entropy)] of each copy of a module over a data.Part."""
    module.eval()
    right, loss = 0, 0.0
    for start in range(0, len(part), batch):
        logits = _logits(module, part.x[start:start + batch])
        labels = part.y[start:start + batch].unsqueeze(1).expand(logits.shape[:2])
        right += (logits.argmax(2) == labels).sum(0)
        loss += functional.cross_entropy(logits.transpose(1, 2), labels, reduction="none").double().sum(0)
    return list(zip((right / len(part)).tolist(), (loss / len(part)).tolist()))


def _logits(module, x):
    """N x copies x classes: every copy reads the same images, N x 3 x edge x edge."""
    count = copies.count(module)
    if count > 1:
        x = x.repeat(1, count, 1, 1).contiguous(memory_format=torch.channels_last)
    return module(x).unflatten(1, (count, -1))
