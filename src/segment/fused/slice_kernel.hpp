#pragma once
// Included by files that are compiled for one instruction set each: no header with inline functions may be included here, as
// the linker would keep one set's copy for all.
#include <cstddef>

namespace bolus::detail::slices {

constexpr int most_taps = 9;
constexpr int most_channels = 32;
constexpr int slack_pixels = 16;  // a kernel may read, not use, this many pixels beyond the last

/// Part of a row of a convolution's output.
struct ConvolutionRow {
  const float* taps[most_taps];  ///< input of the first output pixel, for each tap
  int tap_count;
  int inputs;            ///< channels
  int input_step;        ///< numbers between the inputs of consecutive output pixels: 4, 8, 16, 32 or 64
  const float* weights;  ///< packed as `SliceKernel::group` says: group, tap, input, output within the group
  int outputs;           ///< channels: 32, or up to 8
  int pixels;
  float* out;
  int out_step;      ///< numbers between consecutive output pixels
  const float* add;  ///< none, or what is added to the sum, pixel by pixel
  int add_step, add_channels, add_offset;
  double* sums;  ///< none, or the sums of `outputs` channels and behind `most_channels` their squares, added to
};

/// Batch norm and PReLU in one: u = scale * x + shift, then u or alpha * u. Each array repeats its channels up to 32.
struct ActivationRow {
  float scale[most_channels], shift[most_channels], alpha[most_channels];
};

/// The kernels of one instruction set.
struct SliceKernel {
  const char* name;
  int group;        ///< outputs packed together when there are 32
  int small_group;  ///< the same when there are up to 8
  void (*convolve)(const ConvolutionRow& row);
  /// `count` numbers from `in` to `out`.
  void (*activate)(const ActivationRow& activation, const float* in, std::size_t count, float* out);
  /// Sums and, behind `most_channels`, sums of squares of numbers whose place modulo 32 is the same; added to.
  void (*sum)(const float* in, std::size_t count, double* sums);
};

extern const SliceKernel portable_slice_kernel;  // NEON where the compiler's baseline has it
#ifdef BOLUS_FUSED_X86
extern const SliceKernel avx2_slice_kernel;
extern const SliceKernel avx512_slice_kernel;
#endif

}  // namespace bolus::detail::slices
