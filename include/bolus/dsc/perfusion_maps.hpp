#pragma once
/// The work of PerfusionMaps, which perfusion_maps_options.hpp declares. Include this one.
#include <bolus/dsc/detail/maps_reference.hpp>
#include <bolus/dsc/detail/maps_voxels.hpp>
#include <bolus/dsc/perfusion_maps_options.hpp>

namespace bolus {

inline ParametricMaps PerfusionMaps::operator()(const PerfusionSeries& series, const Mask& mask,
                                                const PerfusionReferences& references, const Progress& progress) const {
  return detail::MapsEngine(*this, series, mask, references, progress).run();
}

}  // namespace bolus
