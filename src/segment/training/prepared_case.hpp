#pragma once
#include <array>
#include <bolus/segment/cascade_weights.hpp>
#include <bolus/segment/training_case.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "../cascade_regions.hpp"

namespace bolus::detail {

/// A read-only piece of a file in memory, which the system may drop and read again. The file has no name any more.
class MappedBytes;

/// A case as the networks see it: cut to the brain, normalised, noise outside. Voxels as z, y, x of L, P, S.
class PreparedCase {
 public:
  static constexpr std::uint8_t brain_bit = 0x80;  ///< in a voxel's mark, beside its label

  /// Loads and prepares. With `scratch` the voxels lie in a file there, not in memory. Throws as `TrainCascade`.
  PreparedCase(const TrainingCase& from, std::uint64_t seed, const std::filesystem::path& scratch);
  PreparedCase(PreparedCase&&) noexcept;
  PreparedCase& operator=(PreparedCase&&) noexcept;
  ~PreparedCase();

  std::string name, hash;
  double weight;
  bool simulated;
  Triple size{};  ///< of the box around the brain

  /// Four channels of each voxel side by side.
  const float* values() const { return values_; }
  /// Label value and `brain_bit`.
  const std::uint8_t* marks() const { return marks_; }

  /// Where the patches of a stage are cut from; empty where the case has none of what that stage is taught within.
  const Box& region(CascadeStage stage) const { return regions_[static_cast<std::size_t>(stage)]; }

  /// Voxels of what a stage looks for.
  std::size_t positive_voxels(CascadeStage stage) const { return positive_[static_cast<std::size_t>(stage)]; }

 private:
  std::array<Box, 3> regions_;
  std::array<std::size_t, 3> positive_{};
  std::vector<float> own_values_;
  std::vector<std::uint8_t> own_marks_;
  std::unique_ptr<MappedBytes> mapped_;
  const float* values_ = nullptr;
  const std::uint8_t* marks_ = nullptr;
};

/// Whether a label value belongs to what a stage looks for.
constexpr bool is_positive(CascadeStage stage, std::uint8_t label) {
  switch (stage) {
    case CascadeStage::whole_tumour:
      return LabelMap::belongs(label, Region::whole_tumour);
    case CascadeStage::tumour_core:
      return LabelMap::belongs(label, Region::tumour_core);
    case CascadeStage::enhancing:
      return LabelMap::belongs(label, Region::enhancing);
  }
  return false;
}

}  // namespace bolus::detail
