#pragma once
#include <bolus/core/provenance.hpp>
#include <bolus/segment/segmenter.hpp>
#include <optional>
#include <utility>

namespace bolus {

/// Doubts about a label map: "segment.region.empty" for each of ET, NET and ED without a voxel and, where a brain mask is
/// known, "segment.outside_brain" when labelled voxels lie outside it. Throws DataError when nothing is labelled at all or
/// nothing labelled lies in the brain, GeometryError when the mask has another grid.
inline QcFlags check_labels(const LabelMap& labels, const std::optional<Mask>& brain = std::nullopt) {
  const auto tumour = labels.voxel_count(Region::whole_tumour);
  detail::require<DataError>(tumour > 0, "the label map marks no tumour: all ", labels.image().size(),
                             " voxels are background (0); expected voxels of 1 (NET), 2 (ED) or 4 (ET)");
  QcFlags flags;
  for (const Region region : {Region::enhancing, Region::non_enhancing, Region::oedema}) {
    if (labels.voxel_count(region) > 0) continue;
    flags.push_back({"segment.region.empty", detail::message("no voxel is labelled ", region_name(region))});
  }
  if (brain) {
    require_same_space(labels.geometry(), brain->geometry(), "the label map", "the brain mask");
    std::size_t outside = 0;
    for (std::size_t i = 0; i < brain->size(); ++i) outside += labels.image().data()[i] != 0 && brain->data()[i] == 0;
    detail::require<DataError>(outside < tumour, "all ", tumour,
                               " labelled voxels lie outside the brain; do labels and images belong together?");
    if (outside > 0) {
      flags.push_back(
          {"segment.outside_brain", detail::message(outside, " of ", tumour, " labelled voxels lie outside the brain")});
    }
  }
  return flags;
}

/// The segmenter for a tumour that was outlined already: checks the label map and hands it on. Without a label map of its
/// own it takes the study's.
class GivenLabels : public Segmenter {
 public:
  /// Uses the label map in the study.
  GivenLabels() = default;

  /// Uses `labels`, BraTS values, on the grid of the study's structural images or of its DSC series.
  explicit GivenLabels(LabelMap labels) : labels_(std::move(labels)) {}

  /// The label map. Throws DataError when there is none or it marks no tumour, GeometryError when it lies neither on the grid
  /// of the structural images nor on that of the DSC series.
  LabelMap operator()(const AlignedStudy& study, const Progress& progress = {}) const override {
    report(progress, name(), 0, 1);
    const auto& labels = labels_ ? labels_ : study.labels;
    detail::require<DataError>(labels.has_value(),
                               "there is no label map: the study brings none and none was given; "
                               "give one to GivenLabels or set the study's labels");
    std::string differences;
    bool fits = study.structural.empty() && !study.perfusion;
    const auto compare = [&](const Geometry& grid, const std::string& what) {
      const auto difference = labels->geometry().difference(grid);
      fits = fits || difference.empty();
      differences += (differences.empty() ? "" : "; ") + ("with " + what + ": " + difference);
    };
    if (!study.structural.empty()) compare(study.structural.begin()->second.geometry(), "the structural images");
    if (study.perfusion) compare(study.perfusion->geometry(), "the DSC series");
    detail::require<GeometryError>(fits, "the label map shares a grid with none of the study's images (", differences,
                                   "); resample it onto one of them first");
    check_labels(*labels);
    report(progress, name(), 1, 1);
    return *labels;
  }

  std::string name() const override { return "given labels"; }

  /// With the SHA-256 of the voxels where it has a label map of its own.
  std::string key() const override {
    return labels_ ? name() + " " + content_hash(labels_->image().data(), labels_->image().size()) : name();
  }

 private:
  std::optional<LabelMap> labels_;
};

}  // namespace bolus
