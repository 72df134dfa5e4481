#pragma once
#include <string>

#include <bolus/core/axis_order.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/perfusion_series.hpp>

namespace bolus {

/// Permutes and flips axes until they run as asked. No voxel value changes and no voxel moves in the patient; reorienting back
/// to `orientation_of` the input restores it exactly.
struct Reorient {
  std::string orientation = "LPS";  ///< one letter of each of R/L, A/P, S/I, in any order; towards growing index

  /// Throws OptionError for an impossible orientation, DataError for an empty image.
  Image<float> operator()(const Image<float>& image) const;
  Mask operator()(const Mask& mask) const;
  LabelMap operator()(const LabelMap& labels) const;
  PerfusionSeries operator()(const PerfusionSeries& series) const;  ///< every volume alike
};

}  // namespace bolus
