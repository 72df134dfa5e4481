#pragma once
#include <array>
#include <bit>
#include <bolus/core/parallel.hpp>
#include <bolus/dsc/detail/maps_dispatch.hpp>
#include <bolus/dsc/detail/maps_requirements.hpp>
#include <bolus/dsc/detail/maps_workspace.hpp>
#include <bolus/dsc/detail/region_sums.hpp>
#include <bolus/dsc/perfusion_maps_options.hpp>

namespace bolus::detail {

/// One run of `PerfusionMaps`: finds the windows, then the reference of the leakage correction, then the maps.
class MapsEngine {
 public:
  MapsEngine(const PerfusionMaps& options, const PerfusionSeries& series, const Mask& mask,
             const PerfusionReferences& references, const Progress& progress)
      : options_(options),
        series_(series),
        mask_(mask),
        references_(references),
        progress_(progress),
        required_(options.quantities, options.leakage.model == LeakageModel::bidirectional),
        echoes_(required_.check(options, series, mask, references)),
        runs_(mask) {
    require<DataError>(runs_.count() > 0, "the mask holds no voxel; give another, or none");
  }

  ParametricMaps run() {
    maps_.times = series_.times();
    maps_.voxel_count = runs_.count();
    maps_.states = Image<std::uint8_t>(series_.geometry());
    times_ = cast(maps_.times.data(), maps_.times.size());
    find_windows();
    if (required_.leakage) find_reference();
    compute();
    flag_voxels();
    return std::move(maps_);
  }

 private:
  using Quantity = PerfusionQuantity;

  static std::vector<float> cast(const double* values, Eigen::Index count) {
    std::vector<float> floats;
    for (Eigen::Index t = 0; t < count; ++t) floats.push_back(static_cast<float>(values[t]));
    return floats;
  }

  /// Weights of the trapezoid rule over the samples [first, last).
  std::vector<float> integral_weights(Eigen::Index first, Eigen::Index last) const {
    std::vector<double> weights(static_cast<std::size_t>(maps_.times.size()), 0.0);
    for (Eigen::Index t = first + 1; t < last; ++t) {
      const double half = 0.5 * (maps_.times[t] - maps_.times[t - 1]);
      weights[static_cast<std::size_t>(t - 1)] += half;
      weights[static_cast<std::size_t>(t)] += half;
    }
    return cast(weights.data(), maps_.times.size());
  }

  void find_windows() {
    const std::size_t wanted = options_.timing_voxels == 0 ? runs_.count() : options_.timing_voxels;
    const auto sums = sum_regions(*echoes_.longer, runs_.sample(mask_.size(), wanted), options_.threads, progress_);
    require<DataError>(sums.counts[1] > 0, "every voxel looked at for the mean curve holds NaN or infinity in some volume");
    const Eigen::Index frames = maps_.times.size();
    maps_.mean_signal = sums.mean(1);
    const BolusTimes& timing = maps_.timing = options_.timing(maps_.mean_signal, maps_.times);
    maps_.flags = timing.flags;
    require<DataError>(timing.found || !required_.bolus,
                       "no bolus was found in the mean curve of the mask; check the mask, or ask only for snr and delta_r2s");
    first_ = timing.baseline.first;
    last_ = frames;
    if (options_.range == IntegrationRange::first_pass && timing.found) {
      first_ = std::max<Eigen::Index>(timing.arrival - 1, 0);
      last_ = timing.first_pass_end;
    }
    volume_weights_ = integral_weights(first_, last_);
    const Eigen::Index pass_first = timing.found ? std::max<Eigen::Index>(timing.arrival - 1, 0) : 0;
    area_weights_ = integral_weights(pass_first, timing.first_pass_end);

    plan_.frames = static_cast<int>(frames);
    plan_.baseline_first = static_cast<int>(timing.baseline.first);
    plan_.baseline_last = static_cast<int>(timing.baseline.last);
    plan_.search_first = std::min(plan_.baseline_first, plan_.frames - 1);
    plan_.search_last = plan_.frames;
    if (timing.found) {
      const double from = timing.arrival_time - options_.search_margin,
                   to = timing.first_pass_end_time + options_.search_margin;
      while (plan_.search_first < timing.arrival - 1 && maps_.times[plan_.search_first] < from) ++plan_.search_first;
      while (plan_.search_last > timing.first_pass_end && maps_.times[plan_.search_last - 1] > to) --plan_.search_last;
    }
    plan_.plateau_first = static_cast<int>(timing.plateau_first);
    plan_.plateau_last = static_cast<int>(timing.plateau_last);
    plan_.inverse_echo_time = static_cast<float>(1.0 / echoes_.difference);
    plan_.contrast_threshold = static_cast<float>(options_.contrast_threshold);
    plan_.relaxation = required_.relaxation;
    plan_.timing = required_.timing;
    plan_.times = times_.data();
    plan_.volume = {volume_weights_.data(), static_cast<int>(first_), static_cast<int>(last_)};
    plan_.area = {area_weights_.data(), static_cast<int>(pass_first), static_cast<int>(timing.first_pass_end)};
    if (required_.has(Quantity::arrival_time)) {
      const float found = flank_arrival(maps_.mean_signal);
      if (std::isfinite(found)) plan_.arrival_shift = static_cast<float>(timing.arrival_time) - found;
      zero_ = timing.arrival_time;
      if (references_.arterial) {
        const float arterial = flank_arrival(*references_.arterial);
        require<DataError>(std::isfinite(arterial), "no bolus was found in the arterial signal around that of the mean curve");
        zero_ = static_cast<double>(arterial);
      }
    }
  }

  /// The arrival of one curve as the kernel finds it in a voxel; NaN where it finds none.
  float flank_arrival(const Eigen::VectorXd& signal) const {
    MapsWorkspace work(plan_.frames, 1, 1, false);
    for (int t = 0; t < plan_.frames; ++t)
      work.signal[static_cast<std::size_t>(t) * work.stride] = static_cast<float>(signal[t]);
    MapsPlan plan = plan_;
    plan.relaxation = plan.timing = true;
    plan.leakage = {};
    MapsBlock block = work.block(1);
    block.out.arrival = work.row(0);
    compute_maps_block(plan, block, maps_lanes());
    return work.row(0)[0];
  }

  void find_reference();

  /// Calls body(work, block, begin, end) for the voxels of `runs` block by block, on several threads. A thread takes some
  /// blocks in a row, of which each but the first is read while the one before is computed.
  template <class Body>
  void for_blocks(const VoxelRuns& runs, std::size_t outputs, const char* stage, Body&& body) const {
    const std::size_t columns = MapsWorkspace::columns_for(plan_.frames);
    const std::size_t blocks = (runs.count() + columns - 1) / columns;
    const std::size_t in_a_row =
        std::clamp<std::size_t>(blocks / (4 * static_cast<std::size_t>(resolve_threads(options_.threads))), 1, 8);
    WorkspacePool<MapsWorkspace> pool;
    const auto make = [&] {
      return std::make_unique<MapsWorkspace>(plan_.frames, columns, outputs, echoes_.shorter != nullptr);
    };
    const auto work_on = [&](MapsWorkspace& work, std::size_t begin, std::size_t end) {
      work.gather(*echoes_.longer, runs, begin, std::min(begin + columns, end), work.signal.data());
      for (std::size_t from = begin; from < end; from += columns) {
        const std::size_t to = std::min(from + columns, end);
        if (echoes_.shorter) work.gather(*echoes_.shorter, runs, from, to, work.short_echo.data());
        MapsBlock block = work.block(to - from);
        if (to == end) {
          body(work, block, from, to);
          continue;
        }
        BlockAhead ahead(work, *echoes_.longer, runs, to, std::min(to + columns, end));
        block.ahead = &ahead;
        body(work, block, from, to);
        ahead.finish();
        work.signal.swap(work.next);
      }
    };
    parallel_for(
        runs.count(), in_a_row * columns, options_.threads,
        [&](std::size_t begin, std::size_t end) { pool.use(make, [&](MapsWorkspace& work) { work_on(work, begin, end); }); },
        progress_, stage);
  }

  void compute();
  void direct(MapsWorkspace& work, MapsBlock& block) const;
  void derive(MapsWorkspace& work, std::size_t count) const;
  static std::uint32_t clear_undefined(MapsWorkspace& work, std::size_t output, std::size_t count);
  void normalise();
  double white_matter_mean(Quantity quantity) const;
  void flag_voxels();

  float* row(MapsWorkspace& work, Quantity quantity) const {
    const auto at = required_.row(quantity);
    return at < 0 ? nullptr : work.row(static_cast<std::size_t>(at));
  }

  const PerfusionMaps& options_;
  const PerfusionSeries& series_;
  const Mask& mask_;
  const PerfusionReferences& references_;
  const Progress& progress_;
  MapsRequirements required_;
  MapsEchoes echoes_;
  VoxelRuns runs_;
  ParametricMaps maps_;
  MapsPlan plan_;
  std::vector<float> times_, volume_weights_, area_weights_;
  std::array<std::vector<float>, 4> leakage_rows_;
  LeakageSolver solver_;
  Eigen::Index first_ = 0, last_ = 0;  ///< samples that make rCBV
  double leakage_volume_ = 0.0;        ///< what K2 of 1 adds to it
  double zero_ = 0.0;                  ///< s, what delays are counted from
};

}  // namespace bolus::detail
