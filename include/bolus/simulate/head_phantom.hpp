#pragma once
#include <bolus/core/aligned_study.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/simulate/tissue_class.hpp>
#include <cmath>
#include <map>
#include <optional>

namespace bolus {

struct HeadStudy;

/// Makes a geometric head with skull, brain, tumour and vessels, and its four structural images: no real data, all of it known.
/// Brain and skull are ellipsoids, the cortex a folded ribbon along the zero surface of a smooth random field, vessels are
/// curved tubes. The head lies in LPS mm with the middle of the brain near the origin. `grids` lets a modality have its own
/// voxels; each modality but CET1 (`Modality::cet1`) is moved by a random rigid transform, which is known.
struct HeadPhantom {
  std::uint64_t seed = 0;                                  ///< same seed, same head, on any number of threads
  std::array<std::int64_t, 3> size{96, 116, 96};           ///< voxels of the grid, centred on the head
  Eigen::Vector3d spacing = Eigen::Vector3d::Constant(2);  ///< mm
  std::map<Modality, Geometry> grids{};                    ///< own grids of some modalities; others have the head's
  bool tumour = true;                                      ///< whether there is one
  bool enhancement = true;                                 ///< whether it has an enhancing ring; else its core has none
  std::optional<Eigen::Vector3d> tumour_centre{};          ///< LPS mm; random in the cerebrum when not given
  std::optional<double> core_radius{};                     ///< mm, of ET and NET together; random, 10 to 18, when not given
  std::optional<double> oedema_width{};                    ///< mm around the core; random, 5 to 13, when not given
  double ring_width = 4.5;                                 ///< mean thickness of the enhancing ring, mm
  double rotation = 5.0;          ///< largest misalignment about each axis, degrees; at least half of it
  double translation = 6.0;       ///< largest misalignment along each axis, mm; at least half of it
  double bias = 0.2;              ///< largest log of the bias field
  double texture = 0.03;          ///< standard deviation of the tissue's smooth texture, relative
  double signal_to_noise = 40.0;  ///< of white matter in each image; infinity for no noise
  int threads = 0;                ///< 0: all cores

  /// Throws OptionError for options outside their range or a tumour outside the brain, GeometryError for an impossible grid.
  HeadStudy operator()(const Progress& progress = {}) const;

  /// The grid of `size` voxels of `spacing` mm around the origin, axes along LPS. Throws GeometryError.
  static Geometry centred_grid(const std::array<std::int64_t, 3>& size, const Eigen::Vector3d& spacing) {
    Geometry grid;
    grid.size = size;
    grid.spacing = spacing;
    for (int axis = 0; axis < 3; ++axis) grid.origin[axis] = -0.5 * spacing[axis] * static_cast<double>(size[axis] - 1);
    grid.validate();
    return grid;
  }

  /// Throws OptionError.
  void validate() const {
    const auto within = [](const char* name, double value, double low, double high, const char* unit) {
      detail::require<OptionError>(value >= low && value <= high, name, " is ", value, "; expected ", low, " to ", high, unit);
    };
    if (tumour_centre) detail::require<OptionError>(tumour_centre->allFinite(), "tumour_centre holds NaN or infinity");
    if (core_radius) within("core_radius", *core_radius, 2.0, 40.0, " mm");
    if (oedema_width) within("oedema_width", *oedema_width, 0.0, 30.0, " mm");
    within("ring_width", ring_width, 0.5, 40.0, " mm");
    within("rotation", rotation, 0.0, 45.0, " degrees");
    within("translation", translation, 0.0, 50.0, " mm");
    within("bias", bias, 0.0, 1.0, "");
    within("texture", texture, 0.0, 0.3, "");
    detail::require<OptionError>(signal_to_noise > 0.0, "signal_to_noise is ", signal_to_noise, "; expected a positive number");
  }
};

/// A simulated head with its truth. Truth maps lie on the grid of `contrast_t1`; each image lies in its own scanner space.
struct HeadStudy {
  Image<float> t1, t2, flair, contrast_t1;           ///< with bias field and noise, arbitrary units
  LabelMap labels;                                   ///< ET, NET, ED
  Image<std::uint8_t> tissue;                        ///< `TissueClass` with the largest share of the voxel
  Mask brain;                                        ///< brain with its CSF: at least half of the voxel
  Mask arteries, veins;                              ///< at least half of the voxel
  Image<float> artery_share, vein_share;             ///< of the voxel's volume
  std::map<Modality, Image<float>> bias_fields;      ///< the factor on each image, on its grid
  std::map<Modality, Eigen::Matrix4d> misalignment;  ///< LPS mm: maps a point of `contrast_t1` to that of the image, as a
                                                     ///< registration with `contrast_t1` fixed finds it
  HeadPhantom phantom;                               ///< what made it: the head can be sampled again on any other grid
  Provenance provenance;                             ///< always marked as simulated

  /// The image of a modality.
  const Image<float>& image(Modality modality) const {
    const std::array<const Image<float>*, 4> images{&t1, &t2, &flair, &contrast_t1};
    return *images[static_cast<std::size_t>(modality)];
  }
};

}  // namespace bolus

#include <bolus/simulate/detail/head_images.hpp>
