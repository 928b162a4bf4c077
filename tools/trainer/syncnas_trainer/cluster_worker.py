# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a worker process of a cluster runs: an Evaluator that is kept from task to task."""

from . import evaluate, images, process


class NoImages(Exception):
    """The worker's machine cannot read the images; says nothing of the candidate."""


_kept = {}  # of this process: the last evaluator options, as a tuple, and their Evaluator


def answer(arguments, line):
    """evaluate.answer() to `line`, bytes, by an Evaluator of these command line arguments, a tuple.

    The first call in a process reads the images. Raises NoImages. Call from one thread only.
    """
    if arguments not in _kept:
        options = evaluate.arguments(arguments)
        try:
            pixels = evaluate.read_images(options)
        except (OSError, images.DataError) as error:
            raise NoImages(str(error)) from None
        process.settle(options.threads)
        _kept.clear()
        _kept[arguments] = evaluate.Evaluator(options, pixels)
    return evaluate.answer(_kept[arguments], line)
