# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Files that appear whole or not at all."""

import contextlib
import os
import tempfile


@contextlib.contextmanager
def whole(path):
    """A binary file beside `path` to write to; renamed to it at the end, removed after an error.

    Several processes may write one path at once: the last one's file stays.
    """
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        try:
            yield file
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
