// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/GpuKernels.h"

// Of the runtime's drivers, as Halide declares them.
extern "C" {
int halide_opencl_initialize_kernels(void *user, void **state, const char *code, int bytes);
int halide_opencl_run(void *user, void *state, const char *entry, int bx, int by, int bz, int tx,
                      int ty, int tz, int shared, size_t *sizes, void **args, int8_t *isBuffer);
int halide_cuda_initialize_kernels(void *user, void **state, const char *code, int bytes);
int halide_cuda_run(void *user, void *state, const char *entry, int bx, int by, int bz, int tx,
                    int ty, int tz, int shared, size_t *sizes, void **args, int8_t *isBuffer);
}

namespace snc::profile {

/// The last argument of each is the block's shared memory, as of Halide's kernels.
static std::string openclProgram() {
  return R"(
#ifdef FP_FAST_FMAF
#define MAD fma
#else
#define MAD mad
#endif
#define EIGHT a = MAD(a, x, y); b = MAD(b, x, y); c = MAD(c, x, y); d = MAD(d, x, y); \
              e = MAD(e, x, y); f = MAD(f, x, y); g = MAD(g, x, y); h = MAD(h, x, y);
__kernel void nothing(__global float *out, __local int *shared) {}
__kernel void multiply_add(__global float *out, __local int *shared) {
  float4 x = 0.999f, y = 0.001f;
  float4 a = (float)get_local_id(0), b = a + 1, c = a + 2, d = a + 3;
  float4 e = a + 4, f = a + 5, g = a + 6, h = a + 7;
  for (int i = 0; i < 16; ++i) {
    EIGHT EIGHT EIGHT EIGHT
  }
  a += b + c + d + e + f + g + h;
  out[get_global_id(0)] = a.x + a.y + a.z + a.w;
}
__kernel void read_all(__global const float4 *in, __global float *out, __local int *shared) {
  size_t n = get_global_size(0), i = get_global_id(0);
  float4 sum = 0;
  for (int k = 0; k < 16; ++k)
    sum += in[i + k * n];
  out[i] = sum.x + sum.y + sum.z + sum.w;
}
)";
}

/// PTX ISA 7.1, for what libraries for CUDA are made for.
static std::string cudaProgram() {
  const std::string head = R"(.version 7.1
.target sm_86
.address_size 64
.visible .entry nothing(.param .u64 out) { ret; }
.visible .entry multiply_add(.param .u64 out) {
  .reg .f32 %a<8>, %x, %y;
  .reg .b32 %r<6>;
  .reg .b64 %d<4>;
  .reg .pred %p;
  mov.u32 %r0, %tid.x;
  mov.u32 %r1, %ctaid.x;
  mov.u32 %r2, %ntid.x;
  mad.lo.u32 %r3, %r1, %r2, %r0;
  cvt.rn.f32.u32 %a0, %r0;
  mov.f32 %x, 0f3F7FBE77;
  mov.f32 %y, 0f3A83126F;
)";
  std::string text = head;
  for (int i = 1; i < 8; ++i) {
    std::string now = std::to_string(i);
    text += "  add.f32 %a" + now + ", %a" + std::to_string(i - 1) + ", 0f3F800000;\n";
  }
  text += "  mov.u32 %r4, 64;\nagain:\n";
  for (int i = 0; i < 32; ++i) {
    std::string a = "%a" + std::to_string(i % 8);
    text += "  fma.rn.f32 " + a + ", " + a + ", %x, %y;\n";
  }
  text += "  add.s32 %r4, %r4, -1;\n  setp.ne.s32 %p, %r4, 0;\n  @%p bra again;\n";
  for (int i = 1; i < 8; ++i)
    text += "  add.f32 %a0, %a0, %a" + std::to_string(i) + ";\n";
  text += R"(  ld.param.u64 %d0, [out];
  cvta.to.global.u64 %d1, %d0;
  mul.wide.u32 %d2, %r3, 4;
  add.s64 %d3, %d1, %d2;
  st.global.f32 [%d3], %a0;
  ret;
}
.visible .entry read_all(.param .u64 in, .param .u64 out) {
  .reg .f32 %a<5>;
  .reg .b32 %r<6>;
  .reg .b64 %d<8>;
  .reg .pred %p;
  mov.u32 %r0, %tid.x;
  mov.u32 %r1, %ctaid.x;
  mov.u32 %r2, %ntid.x;
  mad.lo.u32 %r3, %r1, %r2, %r0;
  mov.u32 %r4, %nctaid.x;
  mul.lo.u32 %r4, %r4, %r2;
  ld.param.u64 %d0, [in];
  cvta.to.global.u64 %d0, %d0;
  mul.wide.u32 %d1, %r3, 16;
  add.s64 %d0, %d0, %d1;
  mul.wide.u32 %d2, %r4, 16;
  mov.f32 %a4, 0f00000000;
)";
  for (uint32_t i = 0; i < GpuInterface::kReads; ++i)
    text += R"(  ld.global.v4.f32 {%a0, %a1, %a2, %a3}, [%d0];
  add.s64 %d0, %d0, %d2;
  add.f32 %a0, %a0, %a1;
  add.f32 %a2, %a2, %a3;
  add.f32 %a0, %a0, %a2;
  add.f32 %a4, %a4, %a0;
)";
  return text + R"(  ld.param.u64 %d3, [out];
  cvta.to.global.u64 %d3, %d3;
  mul.wide.u32 %d4, %r3, 4;
  add.s64 %d3, %d3, %d4;
  st.global.f32 [%d3], %a4;
  ret;
}
)";
}

const GpuInterface *findGpuInterface(const std::string &name) {
  static const GpuInterface all[] = {
      {"opencl", &snc_gpu_opencl, halide_opencl_initialize_kernels, halide_opencl_run,
       openclProgram},
      {"cuda", &snc_gpu_cuda, halide_cuda_initialize_kernels, halide_cuda_run, cudaProgram}};
  for (const GpuInterface &one : all)
    if (name == one.name)
      return &one;
  return nullptr;
}

} // namespace snc::profile
