#pragma once

namespace bolus {

/// What computes the network on the CPU.
enum class Engine {
  fused,    ///< own kernel: convolutions, LSTM and attention in one pass, SIMD across samples; LibTorch does the rest
  libtorch  ///< LibTorch's operators throughout: the reference
};

/// Where the network is computed.
enum class Device {
  cpu,
  cuda  ///< an NVIDIA GPU, always by LibTorch's operators; needs a PyTorch with CUDA
};

/// How to compute a network. On the CPU the bits of the fused engine depend on nothing here but `engine`.
struct Compute {
  Engine engine = Engine::fused;
  Device device = Device::cpu;
  int threads = 0;  ///< that the fused engine splits a batch over; 0: all cores
};

}  // namespace bolus
