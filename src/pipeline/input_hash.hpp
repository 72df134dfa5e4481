#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/provenance.hpp>

namespace bolus::detail {

/// SHA-256 of an image's voxels.
template <class Value>
std::string input_hash(const Image<Value>& image) {
  return content_hash(image.data(), image.size() * sizeof(Value));
}

/// SHA-256 of a series' samples.
inline std::string input_hash(const PerfusionSeries& series) {
  return content_hash(series.data(), series.voxel_count() * series.frames() * sizeof(float));
}

}  // namespace bolus::detail
