#pragma once
#include <bolus/core/atomic_file.hpp>
#include <bolus/preprocess/brain_extractor.hpp>
#include <filesystem>
#include <memory>

namespace bolus {

/// What must be known of somebody's skull-stripping network to use it. Axes are those of its input tensor (1, 1, first,
/// second, third).
struct BrainNetworkDescription {
  /// How intensities are brought to what the network was trained on.
  enum class Scaling {
    none,       ///< as they are
    zscore,     ///< mean 0 and standard deviation 1 over all voxels (nnU-Net, HD-BET)
    percentile  ///< the lowest value becomes 0 and the 99th percentile 1; what lies beyond is cut off (SynthStrip)
  };
  /// What the network gives.
  enum class Output {
    logit,           ///< one channel: brain where its sigmoid exceeds the threshold; several: softmax of `channel`
    probability,     ///< of `channel`, 0 to 1
    signed_distance  ///< mm to the border, negative inside: brain where it is below the threshold
  };
  std::string name = "TorchScript";  ///< for reports and provenance
  std::string orientation = "LIA";   ///< how the three axes run: SynthStrip LIA, nnU-Net (HD-BET) SPL; see `orientation_of`
  Eigen::Vector3d spacing{1.0, 1.0, 1.0};  ///< along the axes, mm; the image is resampled to it
  int multiple = 1;                        ///< sizes are padded with zeros to multiples of it: SynthStrip 64
  Scaling scaling = Scaling::percentile;
  Output output = Output::signed_distance;
  int channel = 0;         ///< of the output
  double threshold = 1.0;  ///< mm for a signed distance (SynthStrip's border is 1), else a probability

  /// Throws OptionError naming the field and what was expected.
  void validate() const;
};

/// Reads a description from JSON: an object with the names above, choices as text; what is left out has the default.
/// Throws IoError when it cannot be read, FormatError for JSON that is damaged, an unknown name or a value of the wrong kind,
/// OptionError for a value out of range.
BrainNetworkDescription read_brain_network_description(const std::filesystem::path& path);

/// Any skull-stripping network that was saved with TorchScript. The image is brought to the network's axes and voxels by
/// trilinear interpolation, the network's output back to the image's, where it is cut at the threshold; the largest part is
/// kept. On the CPU one thread computes, so the result depends on nothing but network and image.
class TorchScriptBrainExtractor : public BrainExtractor {
 public:
  /// Loads the network. `device`: "cpu", "cuda" or "cuda:1". Throws IoError when the file cannot be read, FormatError when it
  /// is no TorchScript, OptionError for the description or device.
  TorchScriptBrainExtractor(const std::filesystem::path& model, BrainNetworkDescription description,
                            const std::string& device = "cpu");
  ~TorchScriptBrainExtractor() override;

  /// Throws DataError for an image that is empty, constant or not finite, when the network fails, gives NaN or finds nothing;
  /// ShapeError when its output is not (1, channels, first, second, third); Cancelled.
  Mask operator()(const Image<float>& image, const Progress& progress = {}) const override;

  std::string name() const override;
  const BrainNetworkDescription& description() const;

 private:
  struct Network;
  std::shared_ptr<const Network> network_;
};

}  // namespace bolus
