// One row of 16-bit floats times a matrix in 4 bits as bitsandbytes keeps it: (outs, INS / 2) bytes, the first of two
// weights in the upper half of a byte, and a scale for every 64 weights of a row.
//
// Such a product waits for the looking up of weights, not for the memory, so a byte's two weights are looked up at once,
// as a pair of float16 that one instruction multiplies and adds. The table of the 256 pairs is there once for each lane
// of a warp, in a bank of shared memory of its own, where no two lanes wait for each other. The row is multiplied by a
// power of two that keeps its largest at about 1024, where sums of 32 products fit float16; from there on it is float32.
//
// A block's warps take ROWS rows each and SPLIT of them share a row; a lane takes 32 weights of each at a time and has
// the next on their way meanwhile. Compiled for a width: THREADS, BLOCKS (of a multiprocessor), SPLIT, ROWS, INS, HALF.
#define LANES 32
#define WARPS (THREADS / LANES)
#define CHUNKS (INS / 32)
#define STEPS ((CHUNKS + SPLIT * LANES - 1) / (SPLIT * LANES))
#define EIGHTS ((INS / 8 + THREADS - 1) / THREADS)
#define EACH (WARPS / SPLIT * ROWS)

__device__ float widened(unsigned pair, int which) {
#if HALF
  float one;
  asm("{.reg .b16 h; cvt.u16.u32 h, %1; cvt.f32.f16 %0, h;}" : "=f"(one) : "r"(which ? pair >> 16 : pair & 0xffffu));
  return one;
#else
  return __uint_as_float(which ? pair & 0xffff0000u : pair << 16);
#endif
}

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)
nf4_gemv(const uint4* __restrict__ x, const uint4* __restrict__ weight, const float* __restrict__ scales,
      const unsigned* __restrict__ pairs, unsigned short* __restrict__ out, int outs) {
  extern __shared__ __align__(16) unsigned char shared[];
  __shared__ float partial[2][WARPS][ROWS];
  __shared__ unsigned largest[WARPS];
  unsigned char* kept = shared + 256 * LANES * 4;
  const int lane = threadIdx.x % LANES, warp = threadIdx.x / LANES;
  const int part = warp % SPLIT, group = warp / SPLIT;
  const int rounds = (outs - (int)(blockIdx.x * EACH) + (int)(gridDim.x * EACH) - 1) / (int)(gridDim.x * EACH);

  uint4 w[ROWS], ahead[ROWS];
  float s[ROWS], coming[ROWS];
  auto fetch = [&](int round, int step) {
    const int first = (blockIdx.x + round * gridDim.x) * EACH + group * ROWS;
    const int chunk = (step * SPLIT + part) * LANES + lane;
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      const bool inside = chunk < CHUNKS && first + r < outs;
      const size_t row = first + r;
      ahead[r] = inside ? __ldcs(weight + row * CHUNKS + chunk) : make_uint4(0, 0, 0, 0);
      coming[r] = inside ? __ldcs(scales + row * (CHUNKS / 2) + chunk / 2) : 0.f;
    }
  };
  fetch(0, 0);
  uint4 eights[EIGHTS];
  unsigned most = 0;
#pragma unroll
  for (int e = 0; e < EIGHTS; e++) {
    const int i = e * THREADS + threadIdx.x;
    eights[e] = i < INS / 8 ? x[i] : make_uint4(0, 0, 0, 0);
  }
#pragma unroll
  for (int b = 0; b < 256 / WARPS; b++) {
    const int byte = b * WARPS + warp;
    ((unsigned*)shared)[byte * LANES + lane] = pairs[byte];
  }
#pragma unroll
  for (int e = 0; e < EIGHTS; e++) {
    most = __vmaxu2(__vmaxu2(most, __vmaxu2(eights[e].x & 0x7fff7fffu, eights[e].y & 0x7fff7fffu)),
                    __vmaxu2(eights[e].z & 0x7fff7fffu, eights[e].w & 0x7fff7fffu));
  }
  for (int far = LANES / 2; far; far /= 2) most = __vmaxu2(most, __shfl_xor_sync(0xffffffffu, most, far));
  if (lane == 0) largest[warp] = most;
  __syncthreads();
  most = 0;
#pragma unroll
  for (int i = 0; i < WARPS; i++) most = __vmaxu2(most, largest[i]);
  // a power of two that brings the largest to 1024 or a little more
  const float top = widened(max(most >> 16, most & 0xffffu), 0);
  const int power = 137 - (int)(__float_as_uint(top) >> 23);
  const float up = top > 0.f ? __uint_as_float((unsigned)min(max(power + 127, 1), 254) << 23) : 0.f;
  const float down = top > 0.f ? 1.f / up : 0.f;
#pragma unroll
  for (int e = 0; e < EIGHTS; e++) {
    const int i = e * THREADS + threadIdx.x;
    unsigned found[4], raw[4] = {eights[e].x, eights[e].y, eights[e].z, eights[e].w};
#pragma unroll
    for (int p = 0; p < 4; p++) {
      asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(found[p]) : "f"(widened(raw[p], 1) * up), "f"(widened(raw[p], 0) * up));
    }
    if (i < INS / 8) *(uint4*)(kept + i / 4 * 80 + i % 4 * 16) = make_uint4(found[0], found[1], found[2], found[3]);
  }
  __syncthreads();

  const unsigned mine = lane * 4;
  for (int round = 0; round < rounds; round++) {
    float sums[ROWS] = {};
#pragma unroll 1
    for (int step = 0; step < STEPS; step++) {
#pragma unroll
      for (int r = 0; r < ROWS; r++) { w[r] = ahead[r]; s[r] = coming[r]; }
      if (step + 1 < STEPS) fetch(round, step + 1);
      else if (round + 1 < rounds) fetch(round + 1, 0);
      const int chunk = (step * SPLIT + part) * LANES + lane;
      if (CHUNKS % (SPLIT * LANES) == 0 || chunk < CHUNKS) {
        float found[ROWS] = {};
        unsigned both[ROWS];
#pragma unroll
        for (int word = 0; word < 4; word++) {
          const uint4 eight = *(const uint4*)(kept + chunk * 80 + word * 16);
          const unsigned pair[4] = {eight.x, eight.y, eight.z, eight.w};
#pragma unroll
          for (int r = 0; r < ROWS; r++) {
            const unsigned bits = word == 0 ? w[r].x : word == 1 ? w[r].y : word == 2 ? w[r].z : w[r].w;
#pragma unroll
            for (int p = 0; p < 4; p++) {
              const unsigned at = (p == 0 ? bits << 7 : bits >> (8 * p - 7)) & 0x7f80u;
              const unsigned two = *(const unsigned*)(shared + (at | mine));
              if (p == 0 && word == 0) asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(both[r]) : "r"(two), "r"(pair[p]));
              else asm("fma.rn.f16x2 %0, %1, %2, %0;" : "+r"(both[r]) : "r"(two), "r"(pair[p]));
            }
            if (word == 3) {
              float even, odd;
              asm("{.reg .f16 a, b; mov.b32 {a, b}, %2; cvt.f32.f16 %0, a; cvt.f32.f16 %1, b;}" : "=f"(even), "=f"(odd) : "r"(both[r]));
              found[r] += even + odd;
            }
          }
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) sums[r] = fmaf(found[r], s[r], sums[r]);
      }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      for (int far = LANES / 2; far; far /= 2) sums[r] += __shfl_xor_sync(0xffffffffu, sums[r], far);
      if (lane == 0) partial[round % 2][warp][r] = sums[r];
    }
    __syncthreads();
    if (threadIdx.x < EACH) {
      const int row = (blockIdx.x + round * gridDim.x) * EACH + threadIdx.x;
      float sum = 0.f;
      for (int p = 0; p < SPLIT; p++) sum += partial[round % 2][threadIdx.x / ROWS * SPLIT + p][threadIdx.x % ROWS];
      sum *= down;
#if HALF
      unsigned short rounded;
      asm("cvt.rn.f16.f32 %0, %1;" : "=h"(rounded) : "f"(sum));
#else
      const unsigned bits = __float_as_uint(sum);
      const unsigned short rounded = sum != sum ? 0x7fff : (bits + 0x7fffu + (bits >> 16 & 1)) >> 16;
#endif
      if (row < outs) out[row] = rounded;
    }
  }
}
