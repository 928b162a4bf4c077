# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The compiled library, called through its C interface on arrays of the caller's."""

import ctypes
import pathlib
import subprocess
import time

import numpy as np

TYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64}


class Options(ctypes.Structure):
    """The beginning of snc_options of runtime/snc.h."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32)]


class TensorInfo(ctypes.Structure):
    """snc_tensor_info of runtime/snc.h."""
    _fields_ = [("name", ctypes.c_char_p), ("dtype", ctypes.c_uint32), ("rank", ctypes.c_int32),
                ("dims", ctypes.c_int64 * 8), ("bytes", ctypes.c_uint64)]


def command(build, model, folder, threads, measure=0, tune=None):
    """The compiler's command line; its cache is empty, so that the time is that of all the work."""
    words = [build / "bin" / "syncnasc", model, "-o", folder / "library", "--name=bench", "--quiet",
             f"--threads={threads}", f"--cache-dir={folder / 'cache'}"]
    if measure and threads > 1:
        words.append(f"--measure={measure}")
    if tune is not None:
        words.append(f"--tune={tune}")
    return [str(w) for w in words]


class Side:
    VERSION = ""

    @staticmethod
    def convert(model, folder, options):
        """Compiles; `seconds` beside the library holds how long that took."""
        folder = pathlib.Path(folder)
        words = command(pathlib.Path(options["build"]), model, folder, options["threads"], options["measure"],
                        options["tune"])
        begin = time.perf_counter()
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or [f"syncnasc ended with {done.returncode}"])[-1])
        (folder / "seconds").write_text(f"{time.perf_counter() - begin:.3f}")
        return folder / "library"

    def __init__(self, artifact, inputs, names, options):
        self.lib = ctypes.CDLL(str(artifact / "lib" / "libbench.so"))
        given = (ctypes.c_char * 512)()
        self.lib.bench_options_init(ctypes.byref(given))
        Options.from_buffer(given).threads = options["threads"]
        self.context = ctypes.c_void_p()
        status = self.lib.bench_create(ctypes.byref(given), ctypes.byref(self.context))
        if status:
            raise RuntimeError(f"create failed with status {status}")
        self.arrays = [inputs[i.name.decode()] for i in self._infos("input")]
        infos = self._infos("output")
        self.results = [np.zeros(list(i.dims[:i.rank]), TYPES[i.dtype]) for i in infos]
        found = [i.name.decode() for i in infos]
        self.order = [found.index(n) for n in names]
        pointers = lambda arrays: (ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays))
        self.in_pointers, self.out_pointers = pointers(self.arrays), pointers(self.results)

    def _infos(self, kind):
        """Descriptions of the inputs or outputs, in the order of run_indexed."""
        info = getattr(self.lib, f"bench_{kind}_info")
        info.restype = ctypes.POINTER(TensorInfo)
        return [info(i).contents for i in range(getattr(self.lib, f"bench_{kind}_count")())]

    def place(self):
        pass

    def run(self):
        status = self.lib.bench_run_indexed(self.context, self.in_pointers, self.out_pointers)
        if status:
            raise RuntimeError(f"run failed with status {status}")

    def outputs(self):
        return [self.results[i] for i in self.order]
