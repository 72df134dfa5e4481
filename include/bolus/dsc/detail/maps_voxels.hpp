#pragma once
#include <bolus/dsc/detail/maps_engine.hpp>
#include <bolus/dsc/detail/zero_pages.hpp>

namespace bolus::detail {

/// Points the kernel at the rows of what is to be computed.
inline void MapsEngine::direct(MapsWorkspace& work, MapsBlock& block) const {
  using Q = PerfusionQuantity;
  MapsOutputs& out = block.out;
  const std::array<std::pair<float**, Q>, 15> targets{{{&out.snr, Q::snr},
                                                       {&out.cnr, Q::cnr},
                                                       {&out.arrival, Q::arrival_time},
                                                       {&out.peak_time, Q::peak_time},
                                                       {&out.largest, Q::delta_r2s_max},
                                                       {&out.width, Q::FWHM},
                                                       {&out.wash_in, Q::wash_in},
                                                       {&out.wash_out, Q::wash_out},
                                                       {&out.drop, Q::PH},
                                                       {&out.recovered, Q::PSR},
                                                       {&out.k1, Q::K1},
                                                       {&out.k2, Q::K2},
                                                       {&out.k2_error, Q::K2_error},
                                                       {&out.volume, Q::rCBV},
                                                       {&out.area, Q::auc}}};
  for (const auto& [pointer, quantity] : targets) *pointer = row(work, quantity);
}

/// What follows from the kernel's results, and what is computed one voxel at a time.
inline void MapsEngine::derive(MapsWorkspace& work, std::size_t count) const {
  using Q = PerfusionQuantity;
  const float *arrival = row(work, Q::arrival_time), *peak = row(work, Q::peak_time), *volume = row(work, Q::rCBV);
  if (float* to = row(work, Q::time_to_peak)) {
    for (std::size_t i = 0; i < count; ++i) to[i] = peak[i] - arrival[i];
  }
  if (float* to = row(work, Q::delay)) {
    for (std::size_t i = 0; i < count; ++i) to[i] = arrival[i] - static_cast<float>(zero_);
  }
  float *k1 = row(work, Q::K1), *k2 = row(work, Q::K2), *error = row(work, Q::K2_error), *kep = row(work, Q::kep),
        *corrected = row(work, Q::corrected_rCBV);
  if (required_.leakage && !required_.bidirectional) {
    if (kep) std::fill_n(kep, count, 0.0F);
    for (std::size_t i = 0; corrected && i < count; ++i) corrected[i] = volume[i] + k2[i] * static_cast<float>(leakage_volume_);
  }
  if (!(required_.leakage && required_.bidirectional) && !required_.deconvolution) return;
  Eigen::MatrixXd curves(plan_.frames, static_cast<Eigen::Index>(count));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t t = 0; t < static_cast<std::size_t>(plan_.frames); ++t) {
      curves(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(i)) =
          static_cast<double>(work.relaxation[t * work.stride + i]);
    }
  }
  if (required_.leakage && required_.bidirectional) {
    for (std::size_t i = 0; i < count; ++i) {
      if (work.states[i] == MapsState::invalid) continue;
      const CurveLeakage fit = solver_(curves.col(static_cast<Eigen::Index>(i)));
      if (k1) k1[i] = static_cast<float>(fit.k1);
      if (k2) k2[i] = static_cast<float>(fit.k2);
      if (error) error[i] = static_cast<float>(fit.k2_error);
      if (kep) kep[i] = static_cast<float>(fit.kep);
      if (corrected) corrected[i] = static_cast<float>(fit.corrected_volume);
    }
  }
  if (required_.deconvolution) {
    const FlowEstimates found = (*references_.deconvolution)(curves);
    const std::array<std::pair<Q, const Eigen::VectorXd*>, 4> pairs{{{Q::CBF, &found.blood_flow},
                                                                     {Q::CBV, &found.blood_volume},
                                                                     {Q::MTT, &found.mean_transit_time},
                                                                     {Q::Tmax, &found.time_to_maximum}}};
    for (const auto& [quantity, values] : pairs) {
      if (float* to = row(work, quantity)) {
        for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>((*values)[static_cast<Eigen::Index>(i)]);
      }
    }
  }
}

/// Makes an output 0 where it is not finite or the voxel invalid; returns how many valid voxels that met.
inline std::uint32_t MapsEngine::clear_undefined(MapsWorkspace& work, std::size_t output, std::size_t count) {
  float* values = work.row(output);
  std::uint32_t lost = 0;
  for (std::size_t i = 0; i < count; ++i) {  // no branch, so that it is vectorised on any processor
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    const std::uint32_t usable = work.states[i] != MapsState::invalid, known = (bits & 0x7F800000U) != 0x7F800000U;
    lost += usable & (known ^ 1U);
    values[i] = std::bit_cast<float>(bits & (0U - (usable & known)));
  }
  return lost;
}

inline void MapsEngine::compute() {
  const Geometry& geometry = series_.geometry();
  const std::size_t voxels = series_.voxel_count();
  const auto pages = zero_pages(std::max<std::size_t>(1, voxels * required_.rows.size()));  // one piece: fewer, larger pages
  require<DataError>(pages != nullptr, "no memory for ", required_.rows.size(), " maps of ", voxels, " voxels");
  std::vector<float*> images;
  for (const auto quantity : required_.rows) {
    images.push_back(pages.get() + images.size() * voxels);
    maps_.images.emplace(quantity, Image<float>::wrap(geometry, images.back(), pages));
  }
  if (options_.wants(PerfusionQuantity::delta_r2s)) {
    const std::size_t count = voxels * series_.frames();
    const auto memory = zero_pages(count);
    require<DataError>(memory != nullptr, "no memory for dR2* of every volume (", count, " values)");
    // The system clears large pages as they are touched: by one thread each, for two that meet in a page both clear it.
    parallel_for(count, std::size_t{1} << 19, options_.threads,
                 [&](std::size_t begin, std::size_t) { memory.get()[begin] = 0.0F; });
    maps_.delta_r2s = PerfusionSeries::wrap(geometry, maps_.times, series_.protocol(), memory.get(), memory);
  }
  const std::size_t columns = MapsWorkspace::columns_for(plan_.frames), outputs = required_.rows.size();
  const std::size_t blocks = (runs_.count() + columns - 1) / columns;
  std::vector<std::vector<std::uint32_t>> undefined(blocks, std::vector<std::uint32_t>(outputs, 0));
  for_blocks(runs_, outputs, "perfusion maps", [&](MapsWorkspace& work, MapsBlock& block, std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    direct(work, block);
    compute_maps_block(plan_, block, maps_lanes());
    derive(work, count);
    for (std::size_t k = 0; k < outputs; ++k) undefined[begin / columns][k] = clear_undefined(work, k, count);
    runs_.for_each(begin, end, [&](std::size_t voxel, std::size_t column, std::size_t length) {
      std::memcpy(maps_.states.data() + voxel, work.states.data() + column, length);
      for (std::size_t k = 0; k < outputs; ++k) {
        std::memcpy(images[k] + voxel, work.row(k) + column, length * sizeof(float));
      }
      if (!maps_.delta_r2s) return;
      for (std::size_t t = 0; t < series_.frames(); ++t) {
        copy_past_caches(maps_.delta_r2s->frame(t).data() + voxel, work.relaxation.data() + t * work.stride + column, length);
      }
    });
  });
  for (std::size_t k = 0; k < outputs; ++k) {
    std::size_t count = 0;
    for (const auto& block : undefined) count += block[k];
    if (count > 0 && options_.wants(required_.rows[k])) maps_.undefined_counts[required_.rows[k]] = count;
  }
  normalise();
  std::erase_if(maps_.images, [&](const auto& entry) { return !options_.wants(entry.first); });
}

inline double MapsEngine::white_matter_mean(PerfusionQuantity quantity) const {
  const auto& image = maps_.images.at(quantity);
  const bool weighted = quantity == PerfusionQuantity::PSR;  // a ratio of means: single voxels divide by what is near 0
  const float* weights = weighted ? maps_.images.at(PerfusionQuantity::PH).data() : nullptr;
  double sum = 0.0, weight = 0.0;
  std::size_t count = 0;
  for (std::size_t v = 0; v < image.size(); ++v) {
    const auto state = static_cast<VoxelState>(maps_.states.data()[v]);
    if (!references_.white_matter->data()[v] || state == VoxelState::outside || state == VoxelState::invalid) continue;
    const double w = weights ? static_cast<double>(weights[v]) : 1.0;
    sum += w * static_cast<double>(image.data()[v]);
    weight += w;
    ++count;
  }
  require<DataError>(count > 0, "no valid voxel of the white matter lies inside the mask; give masks that overlap");
  const double mean = sum / weight;
  require<DataError>(std::isfinite(mean) && mean > 0.0, "the mean ", quantity_name(quantity), " of the white matter is ", mean,
                     "; expected a positive one");
  return mean;
}

inline void MapsEngine::normalise() {
  using Q = PerfusionQuantity;
  for (const auto& [relative, absolute] : {std::pair{Q::nrCBV, Q::rCBV}, std::pair{Q::corrected_nrCBV, Q::corrected_rCBV},
                                           std::pair{Q::relative_PH, Q::PH}, std::pair{Q::normalised_PSR, Q::PSR}}) {
    if (!options_.wants(relative)) continue;
    const double mean = maps_.white_matter_means[absolute] = white_matter_mean(absolute);
    Image<float> image = maps_.images.at(absolute);
    const auto scale = static_cast<float>(1.0 / mean);
    for (auto& value : image.values()) value *= scale;
    maps_.images.insert_or_assign(relative, std::move(image));
    if (const auto found = maps_.undefined_counts.find(absolute); found != maps_.undefined_counts.end()) {
      maps_.undefined_counts[relative] = found->second;
    }
  }
}

inline void MapsEngine::flag_voxels() {
  const auto states = maps_.states.values();
  const auto count = [&](VoxelState state) {
    return static_cast<std::size_t>(std::count(states.begin(), states.end(), static_cast<std::uint8_t>(state)));
  };
  maps_.invalid_count = count(VoxelState::invalid);
  maps_.floored_count = count(VoxelState::floored);
  maps_.no_bolus_count = count(VoxelState::no_bolus);
  const auto flag = [&](const char* code, auto... parts) { maps_.flags.push_back({code, message(parts...)}); };
  if (maps_.invalid_count > 0) {
    flag("dsc.voxel.invalid", maps_.invalid_count, " of ", maps_.voxel_count,
         " voxels have NaN or a baseline <= 0; they are 0 in every map");
  }
  if (maps_.floored_count > 0) {
    flag("dsc.signal.not_positive", maps_.floored_count, " of ", maps_.voxel_count,
         " voxels have samples <= 0, taken as the smallest positive one of the voxel");
  }
  if (maps_.no_bolus_count > 0) {
    flag("dsc.maps.no_bolus", maps_.no_bolus_count, " of ", maps_.voxel_count, " voxels have a drop below ",
         options_.contrast_threshold, " standard deviations: their PSR, times and widths mean little");
  }
}

}  // namespace bolus::detail
