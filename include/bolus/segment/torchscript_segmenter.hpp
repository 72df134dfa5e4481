#pragma once
#include <bolus/core/atomic_file.hpp>
#include <bolus/segment/segmenter.hpp>
#include <map>
#include <memory>
#include <vector>

namespace bolus {

/// How the intensities of an image are brought to what a network was trained on. Voxels that are 0 count as background.
enum class IntensityScaling {
  none,            ///< as they are
  zscore,          ///< mean 0 and standard deviation 1 over all voxels
  zscore_nonzero,  ///< the same over the voxels that are not 0; those stay 0 (as nnU-Net and MONAI do for skull-stripped
                   ///< images)
  percentile       ///< two percentiles of the voxels that are not 0 become 0 and 1; what lies beyond is cut off
};

/// What is applied to a network's output.
enum class OutputActivation { softmax, sigmoid, none };

/// What must be known of somebody's network to use it. Axes are those of its input tensor (batch, channel, first, second,
/// third).
struct SegmenterDescription {
  std::string name = "TorchScript";        ///< for reports and provenance
  std::vector<Modality> channels{};        ///< input channels, in order
  std::string orientation = "RAS";         ///< how the three axes run: MONAI RAS, nnU-Net SPL; see `orientation_of`
  Eigen::Vector3d spacing{1.0, 1.0, 1.0};  ///< along the axes, mm
  double spacing_tolerance = 0.05;         ///< mm
  IntensityScaling normalisation = IntensityScaling::zscore_nonzero;
  std::array<double, 2> percentiles{0.5, 99.5};           ///< for IntensityScaling::percentile, %
  bool crop_to_nonzero = false;                           ///< run on the box where any channel is not 0, as nnU-Net does
  std::array<std::int64_t, 3> patch_size{128, 128, 128};  ///< voxels along the axes
  double overlap = 0.5;                                   ///< of neighbouring patches, as a share of the patch; 0 to under 1
  OutputActivation activation = OutputActivation::softmax;
  std::vector<int> labels{};      ///< BraTS value of each output channel; the largest channel wins
  std::vector<Region> regions{};  ///< or: region of each output channel, which may overlap
  double threshold = 0.5;         ///< from which a voxel belongs to a region
  std::vector<int> flips{};       ///< axes (0 to 2) to mirror along; all combinations are averaged

  /// Throws OptionError naming the field and what was expected.
  void validate() const;
};

/// Reads a description from JSON: an object with the names above; channels, regions and choices as text. What is left out has
/// the default; `channels` and one of `labels` and `regions` must be there. Throws IoError when it cannot be read, FormatError
/// for JSON that is damaged, an unknown name or a value of the wrong kind, OptionError for a value out of range.
SegmenterDescription read_segmenter_description(const std::filesystem::path& path);

/// A description as JSON, with every name.
std::string to_json(const SegmenterDescription& description);

/// Writes a description as JSON, whole or not at all. Throws IoError, OptionError.
void write_segmenter_description(const std::filesystem::path& path, const SegmenterDescription& description,
                                 Overwrite overwrite = Overwrite::no);

/// Any network that was saved with TorchScript, e.g. one exported from nnU-Net or MONAI.
///
/// The images are brought to the network's axes, normalised, and cut into overlapping patches, spread evenly as in nnU-Net
/// (Isensee et al., Nat Methods 2021). The outputs are averaged with Gaussian weights (standard deviation 1/8 of the patch),
/// then activated. Images smaller than a patch are padded with zeros.
///
/// On the CPU every patch is computed by one thread and added in a fixed order, so the result depends on neither the number of
/// threads nor what torch.set_num_threads says.
class TorchScriptSegmenter : public Segmenter {
 public:
  /// Loads the network. `device`: "cpu", "cuda" or "cuda:1". `threads`: patches computed at the same time on the CPU; each
  /// needs its own working memory. 0: all cores, but patches of no more than 4 million voxels together. Throws IoError when the
  /// file cannot be read, FormatError when it is no TorchScript, OptionError for the description or device.
  TorchScriptSegmenter(const std::filesystem::path& model, SegmenterDescription description, const std::string& device = "cpu",
                       int threads = 0);
  ~TorchScriptSegmenter() override;

  /// The label map, on the grid of the structural images. Throws DataError when a channel is missing, holds NaN or cannot be
  /// normalised, or when the network fails or gives NaN; GeometryError when grids differ or the spacing is not the network's;
  /// ShapeError when the output does not have the described channels; Cancelled.
  LabelMap operator()(const AlignedStudy& study, const Progress& progress = {}) const override;

  /// The probability of each region, 0 to 1, on the same grid: of ET, NET, ED, TC and WT where `labels` are described
  /// (activation none: whatever the network gives), else of the described regions. Throws as above.
  std::map<Region, Image<float>> probabilities(const AlignedStudy& study, const Progress& progress = {}) const;

  std::string name() const override;

  /// SHA-256 of the file, the description and the device.
  std::string key() const override;

  const SegmenterDescription& description() const;

 private:
  struct Network;
  std::shared_ptr<const Network> network_;
};

}  // namespace bolus
