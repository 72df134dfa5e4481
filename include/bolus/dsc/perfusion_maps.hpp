#pragma once
/// PerfusionMaps, which makes ParametricMaps; its options are declared in detail/perfusion_maps_options.hpp.
#include <bolus/dsc/detail/maps_reference.hpp>
#include <bolus/dsc/detail/maps_voxels.hpp>
#include <bolus/dsc/detail/perfusion_maps_options.hpp>

namespace bolus {

inline ParametricMaps PerfusionMaps::operator()(const PerfusionSeries& series, const Mask& mask,
                                                const PerfusionReferences& references, const Progress& progress) const {
  return detail::MapsEngine(*this, series, mask, references, progress).run();
}

}  // namespace bolus
