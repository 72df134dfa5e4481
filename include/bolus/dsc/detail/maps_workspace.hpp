#pragma once
#include <algorithm>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/dsc/detail/maps_plan.hpp>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace bolus::detail {

/// The voxels of a mask in the order of memory, as runs of neighbours.
class VoxelRuns {
 public:
  explicit VoxelRuns(const Mask& mask) {
    const auto* data = mask.data();
    for (std::size_t v = 0; v < mask.size(); ++v) {
      if (!data[v]) continue;
      const std::size_t first = v;
      const void* stop = std::memchr(data + v, 0, mask.size() - v);
      v = stop ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(stop) - data) : mask.size();
      runs_.push_back({first, count_});
      count_ += v - first;
    }
  }

  std::size_t count() const { return count_; }

  /// Calls body(voxel, column, length) for each run of the `begin`-th to the `end`-th voxel; columns count from `begin`.
  template <class Body>
  void for_each(std::size_t begin, std::size_t end, Body&& body) const {
    auto run = std::upper_bound(runs_.begin(), runs_.end(), begin, [](std::size_t i, const Run& r) { return i < r.rank; }) - 1;
    for (; run != runs_.end() && run->rank < end; ++run) {
      const std::size_t stop = run + 1 == runs_.end() ? count_ : (run + 1)->rank;
      const std::size_t from = std::max(begin, run->rank), to = std::min(end, stop);
      body(run->voxel + (from - run->rank), from - begin, to - from);
    }
  }

  /// 1 in pieces of up to 64 neighbours, evenly spread, that hold about `wanted` voxels together, or all if there are no more.
  std::vector<std::uint8_t> sample(std::size_t voxels, std::size_t wanted) const {
    std::vector<std::uint8_t> chosen(voxels, 0);
    constexpr std::size_t piece = 64;
    const std::size_t step = piece * std::max<std::size_t>(1, count_ / std::max<std::size_t>(wanted, 1));
    for (std::size_t begin = 0; begin < count_; begin += step) {
      for_each(begin, std::min(begin + piece, count_), [&](std::size_t voxel, std::size_t, std::size_t length) {
        std::fill_n(chosen.begin() + static_cast<std::ptrdiff_t>(voxel), length, std::uint8_t{1});
      });
    }
    return chosen;
  }

 private:
  struct Run {
    std::size_t voxel, rank;  ///< the first voxel, and how many voxels lie before it
  };
  std::vector<Run> runs_;
  std::size_t count_ = 0;
};

/// Copies to memory that is not read again soon, past the caches where the processor can.
inline void copy_past_caches(float* to, const float* from, std::size_t count) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  typedef float Four __attribute__((vector_size(16)));
  while (count > 0 && reinterpret_cast<std::uintptr_t>(to) % sizeof(Four) != 0) *to++ = *from++, --count;
  for (; count >= 4; to += 4, from += 4, count -= 4) {
    Four values;
    std::memcpy(&values, from, sizeof values);
    __builtin_ia32_movntps(to, values);
  }
  __builtin_ia32_sfence();
#endif
  std::memcpy(to, from, count * sizeof(float));
}

/// Memory for one block of voxels at a time.
struct MapsWorkspace {
  static constexpr std::size_t widest = 16;  ///< lanes of any kernel
  std::size_t stride;
  int frames;
  std::vector<float> signal, next, short_echo, relaxation, smooth, values;
  std::vector<std::uint8_t> states;

  MapsWorkspace(int frame_count, std::size_t columns, std::size_t outputs, bool dual)
      : stride((columns + widest - 1) / widest * widest),
        frames(frame_count),
        signal(static_cast<std::size_t>(frames) * stride),
        next(signal.size()),
        short_echo(dual ? signal.size() : 0),
        relaxation(signal.size()),
        smooth(2 * static_cast<std::size_t>(frames) * widest),
        values(outputs * stride),
        states(stride) {}

  float* row(std::size_t output) { return values.data() + output * stride; }

  /// Copies voxels [begin, end) of volume t of a series into a row.
  void gather(const PerfusionSeries& series, const VoxelRuns& runs, std::size_t begin, std::size_t end, int t,
              float* rows) const {
    const auto frame = series.frame(static_cast<std::size_t>(t));
    float* to = rows + static_cast<std::size_t>(t) * stride;
    runs.for_each(begin, end, [&](std::size_t voxel, std::size_t column, std::size_t length) {
      std::memcpy(to + column, frame.data() + voxel, length * sizeof(float));
    });
    for (std::size_t i = end - begin; i < stride && i % widest != 0; ++i) to[i] = 0.0F;
  }

  /// The same for all volumes.
  void gather(const PerfusionSeries& series, const VoxelRuns& runs, std::size_t begin, std::size_t end, float* rows) const {
    for (int t = 0; t < frames; ++t) gather(series, runs, begin, end, t, rows);
  }

  MapsBlock block(std::size_t count) {
    MapsBlock made;
    made.count = count;
    made.stride = stride;
    made.signal = signal.data();
    made.short_echo = short_echo.empty() ? nullptr : short_echo.data();
    made.relaxation = relaxation.data();
    made.smooth = smooth.data();
    made.out.state = states.data();
    return made;
  }

  /// Voxels whose rows stay in the second-level cache: signal, dR2* and the signal of the next ones.
  static std::size_t columns_for(int frames) {
    const auto fitting = std::size_t{1 << 16} / static_cast<std::size_t>(frames);
    return std::clamp<std::size_t>(fitting / 64 * 64, 64, 2048);
  }
};

/// Copies the voxels [begin, end) into the workspace row by row while the block before them is computed.
class BlockAhead final : public MapsAhead {
 public:
  BlockAhead(MapsWorkspace& work, const PerfusionSeries& series, const VoxelRuns& runs, std::size_t begin, std::size_t end)
      : work_(work),
        series_(series),
        runs_(runs),
        begin_(begin),
        end_(end),
        groups_((end - begin + MapsWorkspace::widest - 1) / MapsWorkspace::widest) {
    runs.for_each(begin, begin + 1, [&](std::size_t voxel, std::size_t, std::size_t) { voxel_ = voxel; });
  }

  void step(std::size_t group) override {
    const std::size_t line = group * static_cast<std::size_t>(work_.frames), at = line % groups_;
    const int row = static_cast<int>(std::min(line / groups_, static_cast<std::size_t>(work_.frames)));
    copy(row);
    turn = static_cast<int>(groups_ - at);
    first = address(row) + MapsWorkspace::widest * at;
    second = address(row + 1) - MapsWorkspace::widest * (groups_ - at);
  }

  void finish() { copy(work_.frames); }

 private:
  void copy(int rows) {
    for (; copied_ < rows; ++copied_) work_.gather(series_, runs_, begin_, end_, copied_, work_.next.data());
  }
  const float* address(int row) const {
    return series_.frame(static_cast<std::size_t>(std::min(row, work_.frames - 1))).data() + voxel_;
  }

  MapsWorkspace& work_;
  const PerfusionSeries& series_;
  const VoxelRuns& runs_;
  std::size_t begin_, end_, groups_, voxel_ = 0;
  int copied_ = 0;
};

/// As many workspaces as blocks are worked on at once.
template <class Workspace>
class WorkspacePool {
 public:
  template <class Make, class Body>
  void use(Make&& make, Body&& body) {
    std::unique_ptr<Workspace> mine;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        mine = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (!mine) mine = make();
    body(*mine);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(mine));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace bolus::detail
