#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <bolus/core/label_map.hpp>
#include <bolus/core/perfusion_series.hpp>

namespace bolus {

/// The structural images of a study.
enum class Modality { t1, t2, flair, cet1 };

inline constexpr std::array<Modality, 4> all_modalities{Modality::t1, Modality::t2, Modality::flair, Modality::cet1};

/// Name used for files and options: t1, t2, flair, cet1.
constexpr std::string_view modality_name(Modality modality) {
  constexpr std::array<std::string_view, 4> names{"t1", "t2", "flair", "cet1"};
  return names[static_cast<std::size_t>(modality)];
}

/// A patient's images on one grid: structural images on the 1 mm grid of CET1, the DSC series on its own grid.
struct AlignedStudy {
  std::map<Modality, Image<float>> structural;                            ///< all on the same grid
  std::optional<PerfusionSeries> perfusion;                               ///< native grid: signals are never resampled
  Eigen::Matrix4d perfusion_to_structural = Eigen::Matrix4d::Identity();  ///< LPS mm of the DSC grid to LPS mm of CET1
  std::optional<LabelMap> labels;    ///< given by the user, on the structural or the DSC grid
  std::optional<Mask> brain;         ///< on the structural grid
  std::optional<Mask> white_matter;  ///< that looks normal, on the structural grid: a reference for perfusion
  QcFlags flags;

  /// The image of one modality. Throws DataError naming what there is.
  const Image<float>& image(Modality modality) const {
    const auto found = structural.find(modality);
    if (found != structural.end()) return found->second;
    std::string known;
    for (const auto& [name, image] : structural) known += (known.empty() ? "" : ", ") + std::string(modality_name(name));
    throw DataError(
        detail::message("the study has no ", modality_name(modality), " image; it has: ", known.empty() ? "none" : known));
  }
};

}  // namespace bolus
