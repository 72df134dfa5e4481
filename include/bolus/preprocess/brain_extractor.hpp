#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/progress.hpp>
#include <string>

namespace bolus {

/// Finds the brain in an image of a head. What comes after it depends only on this interface, so a network or a mask drawn by
/// hand takes the place of `BrainExtraction` without a change elsewhere.
class BrainExtractor {
 public:
  virtual ~BrainExtractor() = default;

  /// The brain on the grid of `image`. Throws DataError for an image it cannot use, GeometryError, Cancelled.
  virtual Mask operator()(const Image<float>& image, const Progress& progress = {}) const = 0;

  /// A short name for reports and provenance, e.g. "given mask".
  virtual std::string name() const = 0;

 protected:
  BrainExtractor() = default;
  BrainExtractor(const BrainExtractor&) = default;
  BrainExtractor& operator=(const BrainExtractor&) = default;
};

/// Accepts a user's brain mask as it is. Throws GeometryError unless it lies on `grid`, DataError when it marks nothing.
inline void require_brain_mask(const Mask& mask, const Geometry& grid) {
  detail::require<DataError>(!mask.empty(), "the brain mask is empty");
  require_same_space(mask.geometry(), grid, "the brain mask", "the image");
  for (const auto value : mask.values()) {
    if (value != 0) return;
  }
  throw DataError("the brain mask marks no voxel");
}

/// The extractor for a brain that was outlined already: checks that the mask lies on the image's grid and hands it on.
class GivenBrainMask : public BrainExtractor {
 public:
  explicit GivenBrainMask(Mask mask) : mask_(std::move(mask)) {}

  /// The mask, untouched. Throws GeometryError when it lies on another grid, DataError when it marks nothing.
  Mask operator()(const Image<float>& image, const Progress& progress = {}) const override {
    report(progress, name(), 0, 1);
    require_brain_mask(mask_, image.geometry());
    report(progress, name(), 1, 1);
    return mask_;
  }

  std::string name() const override { return "given mask"; }

 private:
  Mask mask_;
};

}  // namespace bolus
