# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checkpoints of a training: all that the next step depends on, so resuming changes nothing."""

import os

import torch


class CheckpointError(ValueError):
    """The checkpoint is of another training or cannot be read."""


def save(path, trainer, start, facts):
    """Writes the state after trainer.step steps to `path`; a kill leaves the old file or the new.

    `start` is the generator's state at the start of the epoch in progress; `facts` describes network,
    settings and data, values of strings and integers: load refuses others.
    """
    state = {"facts": facts, "step": trainer.step, "module": trainer.module.state_dict(),
             "optimiser": trainer.optimiser.state_dict()["state"], "epoch_start": start,
             "global": torch.get_rng_state()}
    if trainer.average is not None:
        state["average"] = trainer.average.state_dict()
    part = path + ".part"
    with open(part, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def load(path, trainer, generator, facts):
    """Puts the state of `path` into trainer and torch's global generator.

    `generator` is left at the start of the epoch in progress: the caller draws that epoch anew and
    leaves out the batches done. Raises CheckpointError.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises many kinds
        raise CheckpointError(f"{path}: {error}") from None
    if state.get("facts") != facts:
        raise CheckpointError(f"{path}: of another network, other settings or other data")
    trainer.module.load_state_dict(state["module"])
    groups = trainer.optimiser.state_dict()["param_groups"]  # these come from the settings
    trainer.optimiser.load_state_dict({"state": state["optimiser"], "param_groups": groups})
    if trainer.average is not None:
        trainer.average.load_state_dict(state["average"])
    trainer.step = state["step"]
    generator.set_state(state["epoch_start"])
    torch.set_rng_state(state["global"])
