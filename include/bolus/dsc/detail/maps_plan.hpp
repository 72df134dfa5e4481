#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bolus::detail {

/// A weighted sum of dR2* over the volumes [first, last), e.g. an integral by the trapezoid rule; weights outside are 0.
struct MapsSum {
  const float* weights = nullptr;  ///< one per volume
  int first = 0, last = 0;
};

/// The linear leakage fit that all voxels share: see `LeakageBasis` and `LeakageSolver`. Rows hold one value per volume.
struct MapsLeakage {
  const float *solve1 = nullptr, *solve2 = nullptr;       ///< K1 and K2 are the sums of these times dR2*
  const float *reference = nullptr, *integral = nullptr;  ///< r and its running integral
  int first = 0, last = 0;                                ///< volumes that are fitted
  int noise_first = 0, noise_last = 0;                    ///< volumes before the bolus; fewer than 5: noise is the residual
  float shared = 0.0F;                                    ///< K1 grows by this times K2 when K2 is taken as 0
  float spread = 0.0F;                                    ///< standard error of K2 for noise of 1
  float max_variation = 1.0F;                             ///< K2 is taken as 0 where its coefficient of variation exceeds this
};

/// Where the kernel writes what it finds in each voxel of a block; nullptr for what nobody asked for. NaN where undefined.
struct MapsOutputs {
  float *snr = nullptr, *cnr = nullptr, *arrival = nullptr, *peak_time = nullptr, *largest = nullptr, *width = nullptr,
        *wash_in = nullptr, *wash_out = nullptr, *drop = nullptr, *recovered = nullptr, *k1 = nullptr, *k2 = nullptr,
        *k2_error = nullptr, *volume = nullptr, *area = nullptr;
  std::uint8_t* state = nullptr;
};

/// What is to be computed from every voxel's curve. Windows are volumes [first, last).
struct MapsPlan {
  int frames = 0;
  int baseline_first = 0, baseline_last = 0;  ///< S0
  int search_first = 0, search_last = 0;      ///< where the peak is looked for; not empty
  int plateau_first = 0, plateau_last = 0;    ///< may be empty
  float inverse_echo_time = 0.0F;             ///< 1 / TE, or 1 / (TE2 - TE1), 1/s
  float contrast_threshold = 3.0F;            ///< drops below this many standard deviations count as no bolus
  float arrival_shift = 0.0F;                 ///< s, added to the arrival found on a flank
  bool timing = false;                        ///< whether any quantity needs the peak or the flanks
  bool relaxation = false;                    ///< whether any quantity needs dR2*
  const float* times = nullptr;               ///< s, one per volume
  MapsSum volume, area;                       ///< rCBV and the area of the first pass
  MapsLeakage leakage;                        ///< not asked for where `solve1` is nullptr
};

/// The block after this one, which is fetched while this one is computed, so that reading costs little time of its own.
struct MapsAhead {
  const float *first = nullptr, *second = nullptr;  ///< where the next lines of the cache come from, 16 floats each
  int turn = 0;                                     ///< how many of them come from `first`
  virtual ~MapsAhead() = default;
  virtual void step(std::size_t group) = 0;  ///< called before the `group`-th 16 voxels of this block are computed
};

/// The voxels of one block: rows of `stride` values, one row per volume, one column per voxel.
struct MapsBlock {
  std::size_t count = 0;              ///< voxels, at most `stride`; a multiple of the lanes may be computed
  std::size_t stride = 0;             ///< floats from row to row, a multiple of 16
  const float* signal = nullptr;      ///< frames x stride, of the echo that timing and signal quantities are taken from
  const float* short_echo = nullptr;  ///< frames x stride, of the echo with the shorter TE; nullptr for a single echo
  float* relaxation = nullptr;        ///< frames x stride, receives dR2*
  float* smooth = nullptr;            ///< frames x 16, scratch
  MapsAhead* ahead = nullptr;         ///< nullptr for the last block
  MapsOutputs out;
};

/// State of a voxel's curve as the kernel writes it; 0 is for voxels that are not looked at.
struct MapsState {
  static constexpr std::int32_t valid = 1, floored = 2, no_bolus = 3, invalid = 4;
};

}  // namespace bolus::detail
