#pragma once
#include <bolus/core/aligned_study.hpp>
#include <bolus/core/progress.hpp>
#include <string>

namespace bolus {

/// Finds the tumour and its parts in a patient's images. What comes after it depends only on this interface, so a user's own
/// network or a label map drawn by hand takes its place without a change elsewhere.
class Segmenter {
 public:
  virtual ~Segmenter() = default;

  /// The tumour on the grid of the study's structural images, or of its DSC series. Throws DataError when the study lacks what
  /// the segmenter needs, GeometryError when grids differ, Cancelled.
  virtual LabelMap operator()(const AlignedStudy& study, const Progress& progress = {}) const = 0;

  /// A short name for reports and provenance, e.g. "given labels".
  virtual std::string name() const = 0;

  /// Tells apart segmenters that find different things: finished work is found again by it. The name where not overridden, so
  /// a network of yours should add a hash of its weights.
  virtual std::string key() const { return name(); }

  /// Whether images that are prepared for this segmenter should be corrected for the bias field. No for networks trained on
  /// the BraTS images, which are not: N4 takes oedema for a part of the field.
  virtual bool wants_bias_correction() const { return true; }

 protected:
  Segmenter() = default;
  Segmenter(const Segmenter&) = default;
  Segmenter& operator=(const Segmenter&) = default;
};

}  // namespace bolus
