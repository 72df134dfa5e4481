#pragma once
// Between our images and ITK's, over the same memory.
#include <itkImage.h>

#include <bolus/core/image.hpp>

namespace bolus::io {

/// An ITK image over the memory of `image`, which must outlive it. ITK filters do not write to their inputs.
template <class T>
typename itk::Image<T, 3>::Pointer to_itk(const Image<T>& image) {
  using ItkImage = itk::Image<T, 3>;
  const auto& geometry = image.geometry();
  auto result = ItkImage::New();
  typename ItkImage::RegionType region;
  typename ItkImage::SpacingType spacing;
  typename ItkImage::PointType origin;
  typename ItkImage::DirectionType direction;
  for (unsigned axis = 0; axis < 3; ++axis) {
    region.SetSize(axis, static_cast<itk::SizeValueType>(geometry.size[axis]));
    spacing[axis] = geometry.spacing[axis];
    origin[axis] = geometry.origin[axis];
    for (unsigned column = 0; column < 3; ++column) direction(axis, column) = geometry.direction(axis, column);
  }
  result->SetRegions(region);
  result->SetSpacing(spacing);
  result->SetOrigin(origin);
  result->SetDirection(direction);
  auto container = ItkImage::PixelContainer::New();
  container->SetImportPointer(const_cast<T*>(image.data()), image.size(), false);
  result->SetPixelContainer(container);
  return result;
}

template <class ItkImage>
Geometry geometry_of(const ItkImage& image) {
  Geometry geometry;
  for (unsigned axis = 0; axis < 3; ++axis) {
    geometry.size[axis] = static_cast<std::int64_t>(image.GetLargestPossibleRegion().GetSize(axis));
    geometry.spacing[axis] = image.GetSpacing()[axis];
    geometry.origin[axis] = image.GetOrigin()[axis];
    for (unsigned column = 0; column < 3; ++column) geometry.direction(axis, column) = image.GetDirection()(axis, column);
  }
  return geometry;
}

/// An image over the memory of an ITK image, which it keeps alive.
template <class T>
Image<T> from_itk(itk::Image<T, 3>* image) {
  const typename itk::Image<T, 3>::Pointer held = image;
  auto owner = std::make_shared<typename itk::Image<T, 3>::Pointer>(held);
  return Image<T>::wrap(geometry_of(*image), image->GetBufferPointer(), std::move(owner));
}

}  // namespace bolus::io
