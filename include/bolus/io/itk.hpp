#pragma once
// For programs that use ITK as well: the only public header that includes it, and not part of <bolus/bolus.hpp>. Include it
// before ITK's own headers: ITK carries an older Eigen under the same names.
#include <bolus/core/image.hpp>
#include <bolus/core/perfusion_series.hpp>

#include <itkImage.h>

static_assert(EIGEN_VERSION_AT_LEAST(3, 4, 0), "include bolus/io/itk.hpp before ITK's headers");

namespace bolus {
namespace detail {

/// Keeps what an ITK image's memory belongs to alive as long as the image is.
template <class T>
class HeldContainer : public itk::ImportImageContainer<itk::SizeValueType, T> {
 public:
  using Self = HeldContainer;
  using Pointer = itk::SmartPointer<Self>;
  itkFactorylessNewMacro(Self);
  std::shared_ptr<const void> owner;
};

template <class ItkImage>
void set_geometry(ItkImage& image, const Geometry& geometry, std::size_t frames = 1) {
  typename ItkImage::RegionType region;
  auto spacing = image.GetSpacing();
  auto origin = image.GetOrigin();
  auto direction = image.GetDirection();
  if constexpr (ItkImage::ImageDimension > 3) region.SetSize(3, frames);
  for (unsigned axis = 0; axis < 3; ++axis) {
    region.SetSize(axis, static_cast<itk::SizeValueType>(geometry.size[axis]));
    spacing[axis] = geometry.spacing[axis];
    origin[axis] = geometry.origin[axis];
    for (unsigned column = 0; column < 3; ++column) direction(axis, column) = geometry.direction(axis, column);
  }
  image.SetRegions(region);
  image.SetSpacing(spacing);
  image.SetOrigin(origin);
  image.SetDirection(direction);
}

template <class T, unsigned Dimension>
void set_memory(itk::Image<T, Dimension>& image, T* data, std::size_t count, std::shared_ptr<const void> owner) {
  auto container = HeldContainer<T>::New();
  container->owner = std::move(owner);
  container->SetImportPointer(data, count, false);
  image.SetPixelContainer(container);
}

}  // namespace detail

/// The grid of an ITK image. Throws GeometryError where it is impossible.
template <class T>
Geometry geometry_of(const itk::Image<T, 3>& image) {
  Geometry geometry;
  const auto& region = image.GetLargestPossibleRegion();
  const auto origin = image.template TransformIndexToPhysicalPoint<double>(region.GetIndex());  // the region may not start at 0
  for (unsigned axis = 0; axis < 3; ++axis) {
    geometry.size[axis] = static_cast<std::int64_t>(region.GetSize(axis));
    geometry.spacing[axis] = image.GetSpacing()[axis];
    geometry.origin[axis] = origin[axis];
    for (unsigned column = 0; column < 3; ++column) geometry.direction(axis, column) = image.GetDirection()(axis, column);
  }
  geometry.validate();
  return geometry;
}

/// An ITK image over the same memory, which lives as long as either of the two needs it. No voxel is copied: who writes to one
/// writes to the other (ITK's filters do not write to their inputs, unless they are told to run in place).
template <class T>
typename itk::Image<T, 3>::Pointer to_itk(const Image<T>& image) {
  auto result = itk::Image<T, 3>::New();
  detail::set_geometry(*result, image.geometry());
  detail::set_memory(*result, const_cast<T*>(image.data()), image.size(), image.shared_data());
  return result;
}

/// A 4-D ITK image over the memory of a series. Its fourth spacing is the mean time step in s.
inline itk::Image<float, 4>::Pointer to_itk(const PerfusionSeries& series) {
  auto result = itk::Image<float, 4>::New();
  const auto frames = series.frames();
  detail::set_geometry(*result, series.geometry(), frames);
  auto spacing = result->GetSpacing();
  const auto& times = series.times();
  spacing[3] = frames > 1 ? (times[times.size() - 1] - times[0]) / static_cast<double>(frames - 1) : 1.0;
  result->SetSpacing(spacing);
  detail::set_memory(*result, const_cast<float*>(series.data()), series.voxel_count() * frames, series.shared_data());
  return result;
}

/// An image over the memory of an ITK image, which it keeps alive. Throws GeometryError; DataError where the ITK image has not
/// been computed, or only a part of it (call Update first).
template <class T>
Image<T> from_itk(itk::Image<T, 3>* image) {
  detail::require<DataError>(image != nullptr && image->GetBufferPointer() != nullptr &&
                                 image->GetBufferedRegion() == image->GetLargestPossibleRegion(),
                             "the ITK image has no voxels yet, or only a part of them; call Update() on it or on its filter");
  const typename itk::Image<T, 3>::Pointer held = image;
  auto owner = std::make_shared<typename itk::Image<T, 3>::Pointer>(held);
  return Image<T>::wrap(geometry_of(*image), image->GetBufferPointer(), std::move(owner));
}

}  // namespace bolus
