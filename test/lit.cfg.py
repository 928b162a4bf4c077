# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""lit configuration: the built tools and LLVM's FileCheck are on the path."""

import os
import shutil
import subprocess

import lit.formats

config.name = "syncnasc"
config.test_format = lit.formats.ShTest(False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["e2e", "unit", "Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.snc_build_dir, "test", "lit")

path = [os.path.join(config.snc_build_dir, "bin"), config.llvm_tools_dir, os.environ["PATH"]]
config.environment["PATH"] = os.pathsep.join(path)
config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
# A cache of its own, so that no test depends on what was compiled before.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%bin", os.path.join(config.snc_build_dir, "bin")))
config.substitutions.append(("%root", os.path.dirname(config.test_source_root)))
config.substitutions.append(("%test_tools", os.path.join(config.test_source_root, "tools")))

# Programs for aarch64 need an emulator and that system's libc.
aarch64 = "/usr/aarch64-linux-gnu"
config.substitutions.append(("%aarch64", aarch64))
if shutil.which("qemu-aarch64") and os.path.exists(os.path.join(aarch64, "lib", "Scrt1.o")):
    config.available_features.add("aarch64")

# Libraries for a GPU need a device of OpenCL, of whatever kind. Asked in a process of its
# own: drivers leave threads behind.
probe = """
import ctypes
cl = ctypes.CDLL("libOpenCL.so.1")
platforms, count = (ctypes.c_void_p * 16)(), ctypes.c_uint32()
assert cl.clGetPlatformIDs(16, platforms, ctypes.byref(count)) == 0
devices = [cl.clGetDeviceIDs(ctypes.c_void_p(platforms[i]), ctypes.c_uint64(0xFFFFFFFF), 0, None,
                             ctypes.byref(ctypes.c_uint32())) for i in range(min(count.value, 16))]
assert 0 in devices
"""
if subprocess.run([config.python, "-c", probe], stderr=subprocess.DEVNULL).returncode == 0:
    config.available_features.add("opencl")
