#pragma once
#include <array>
#include <bolus/core/atomic_file.hpp>
#include <bolus/segment/anisotropic_network.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace bolus {

/// What the three stages of the cascade look for: the whole tumour (WNet), its core (TNet), the enhancing part (ENet).
enum class CascadeStage { whole_tumour, tumour_core, enhancing };

/// The direction in which a volume is cut into slices; each has its own network.
enum class View { axial, sagittal, coronal };

inline constexpr std::array<CascadeStage, 3> all_stages{CascadeStage::whole_tumour, CascadeStage::tumour_core,
                                                        CascadeStage::enhancing};
inline constexpr std::array<View, 3> all_views{View::axial, View::sagittal, View::coronal};

/// Short name for arrays and options: WT, TC, ET.
constexpr std::string_view stage_name(CascadeStage stage) {
  constexpr std::array<std::string_view, 3> names{"WT", "TC", "ET"};
  return names[static_cast<std::size_t>(stage)];
}

/// Name for arrays and options: axial, sagittal, coronal.
constexpr std::string_view view_name(View view) {
  constexpr std::array<std::string_view, 3> names{"axial", "sagittal", "coronal"};
  return names[static_cast<std::size_t>(view)];
}

/// The nine networks of the cascade of Wang et al. 2017.
struct CascadeWeights {
  std::array<std::array<AnisotropicNetwork, 3>, 3> networks;  ///< by stage and view
  std::map<std::string, std::string> notes;                   ///< "licence", "source" and further text saved with the weights

  bool operator==(const CascadeWeights&) const = default;

  const AnisotropicNetwork& network(CascadeStage stage, View view) const {
    return networks[static_cast<std::size_t>(stage)][static_cast<std::size_t>(view)];
  }

  /// Throws FormatError naming stage, view and array when one is missing, unknown, of another shape or not finite.
  void validate() const;
};

/// Nine networks with random weights, see `random_anisotropic_network`.
CascadeWeights random_cascade(std::uint64_t seed);

/// Reads one network as published (https://github.com/taigw/brats17): a TensorFlow checkpoint such as
/// "msnet_wt32_20000.ckpt". What belongs to its training is left out. Throws IoError, FormatError naming the tensor.
AnisotropicNetwork read_brats17_network(const std::filesystem::path& checkpoint);

/// Reads all nine, msnet_{wt32,tc32,en32}{,sg,cr}_20000.ckpt, from the published folder "model17"; licence and source become
/// notes. Throws IoError naming the file that is missing, FormatError naming the tensor.
CascadeWeights read_brats17_weights(const std::filesystem::path& folder);

/// Writes the nine networks as one .safetensors file: float32 arrays such as "WT.axial.block1_1.conv_0.weight", and as metadata
/// the kind, schema and library version and the notes. Atomic. Throws IoError, and as `validate`.
void save_cascade(const CascadeWeights& weights, const std::filesystem::path& path, Overwrite overwrite = Overwrite::no);

/// Reads what `save_cascade` wrote. Throws IoError when the file cannot be read, FormatError naming the array when it is cut
/// short, damaged or holds something else, VersionError for a newer schema.
CascadeWeights load_cascade(const std::filesystem::path& path);

/// The published folder of checkpoints as one .safetensors file.
void convert_weights(const std::filesystem::path& folder, const std::filesystem::path& path,
                     Overwrite overwrite = Overwrite::no);

}  // namespace bolus
