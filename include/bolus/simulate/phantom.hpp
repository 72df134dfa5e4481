#pragma once
/// The work of PerfusionPhantom, which perfusion_phantom.hpp declares. Include this one.
#include <bolus/simulate/detail/phantom_series.hpp>
#include <bolus/simulate/perfusion_phantom.hpp>

namespace bolus {

inline PhantomStudy PerfusionPhantom::operator()(const LabelMap& labels, const Mask& brain, const std::optional<Mask>& arterial,
                                                 const Progress& progress) const {
  validate();
  detail::require<DataError>(!labels.image().empty() && !brain.empty(), "the label map or the brain mask is empty");
  require_same_space(brain.geometry(), labels.geometry(), "the brain mask", "the label map");
  if (arterial) require_same_space(arterial->geometry(), labels.geometry(), "the arterial mask", "the label map");
  PhantomStudy study;
  study.labels = shrink_labels(labels, shrink);
  study.brain = shrink_mask(brain, shrink);
  study.arterial = arterial ? shrink_mask(*arterial, shrink) : detail::place_artery(study.labels, study.brain, arterial_voxels);
  study.veins = Mask(study.labels.geometry());
  detail::require<DataError>(
      std::any_of(study.arterial.values().begin(), study.arterial.values().end(), [](auto v) { return v; }),
      "the arterial mask holds no voxel on the grid of "
      "the series; shrink less or give a larger one");
  for (std::size_t v = 0; v < study.brain.size(); ++v) {
    if (study.labels.image().data()[v] || study.arterial.data()[v]) study.brain.data()[v] = 1;
  }
  study.shares = detail::labelled_shares(study, *this);
  detail::fill_series(study, *this, false, {}, progress);
  return study;
}

inline PhantomStudy PerfusionPhantom::operator()(const HeadStudy& head, const std::optional<Geometry>& grid,
                                                 const Progress& progress) const {
  validate();
  detail::require<DataError>(!head.tissue.empty(), "the head is empty; make one with HeadPhantom");
  if (grid) grid->validate();
  const Geometry space = grid ? *grid : shrink_geometry(head.tissue.geometry(), shrink);
  const auto anatomy = detail::head_anatomy(head.phantom);
  PhantomStudy study;
  study.shares = detail::sample_head(anatomy, space, misalignment, threads, progress);
  study.brain = study.arterial = study.veins = Mask(space);
  const detail::VoxelPoints in_head(space, detail::rigid_inverse(misalignment));
  Image<std::uint8_t> labels(space);
  bool any = false;
  for (std::size_t v = 0; v < study.shares.size(); ++v) {
    const auto& shares = study.shares[v];
    const auto holds = [&](TissueClass tissue) -> std::uint8_t {
      return static_cast<double>(shares[detail::index_of(tissue)]) >= artery_threshold ? 1 : 0;
    };
    labels.data()[v] = detail::label_of(shares);
    study.arterial.data()[v] = holds(TissueClass::artery);
    study.veins.data()[v] = holds(TissueClass::vein);
    study.brain.data()[v] = anatomy.brain_depth(in_head(v)) >= 0.0 ? 1 : 0;
    any = any || study.brain.data()[v];
  }
  detail::require<DataError>(any,
                             "the grid of the series holds no brain; the "
                             "head lies around (0, 0, 0) mm");
  study.labels = LabelMap(std::move(labels));
  const auto moved_shares = [&](const Eigen::Matrix4d& motion) {
    return detail::sample_head(anatomy, space, detail::rigid_product(motion, misalignment), 1);
  };
  detail::fill_series(study, *this, true, moved_shares, progress);
  return study;
}

}  // namespace bolus
