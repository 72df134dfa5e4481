#include <bolus/preprocess/reorient.hpp>

namespace bolus {
namespace {

using detail::require;

template <class T>
Image<T> reoriented(const Image<T>& image, const std::string& orientation) {
  require<DataError>(!image.empty(), "there are no voxels to reorient");
  return detail::reordered(image, detail::axis_order(image.geometry(), orientation));
}

}  // namespace

Image<float> Reorient::operator()(const Image<float>& image) const { return reoriented(image, orientation); }

Mask Reorient::operator()(const Mask& mask) const { return reoriented(mask, orientation); }

LabelMap Reorient::operator()(const LabelMap& labels) const { return LabelMap(reoriented(labels.image(), orientation)); }

PerfusionSeries Reorient::operator()(const PerfusionSeries& series) const {
  require<DataError>(series.frames() > 0, "there are no voxels to reorient");
  const auto order = detail::axis_order(series.geometry(), orientation);
  PerfusionSeries result(detail::reordered(series.geometry(), order), series.times(), series.protocol());
  for (std::size_t t = 0; t < series.frames(); ++t) {
    detail::reorder_voxels(series.frame(t).data(), series.geometry().size, order, result.frame(t).data());
  }
  return result;
}

}  // namespace bolus
