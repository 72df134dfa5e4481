#include <bolus/preprocess/resample.hpp>

#include <itkIdentityTransform.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkMatrixOffsetTransformBase.h>
#include <itkNearestNeighborInterpolateImageFunction.h>
#include <itkResampleImageFilter.h>

#include <bolus/core/parallel.hpp>

#include "../io/itk_image.hpp"

namespace bolus {
namespace {

using detail::require;

template <class T>
Image<T> resampled(const Image<T>& image, const Geometry& target, const RigidTransform& transform, Interpolation interpolation,
                   int threads) {
  require<DataError>(!image.empty(), "there are no voxels to resample");
  target.validate();
  transform.validate();
  using ItkImage = itk::Image<T, 3>;
  using Linear = itk::MatrixOffsetTransformBase<double, 3, 3>;
  auto mapping = Linear::New();
  typename Linear::MatrixType matrix;
  typename Linear::OutputVectorType offset;
  for (unsigned row = 0; row < 3; ++row) {
    offset[row] = transform.matrix(row, 3);
    for (unsigned column = 0; column < 3; ++column) matrix(row, column) = transform.matrix(row, column);
  }
  mapping->SetMatrix(matrix);
  mapping->SetOffset(offset);

  auto filter = itk::ResampleImageFilter<ItkImage, ItkImage>::New();
  filter->SetNumberOfWorkUnits(static_cast<itk::ThreadIdType>(resolve_threads(threads)));
  filter->SetInput(io::to_itk(image));
  filter->SetTransform(mapping);
  if (interpolation == Interpolation::nearest) {
    filter->SetInterpolator(itk::NearestNeighborInterpolateImageFunction<ItkImage>::New());
  } else {
    filter->SetInterpolator(itk::LinearInterpolateImageFunction<ItkImage>::New());
  }
  typename ItkImage::SizeType size;
  typename ItkImage::DirectionType direction;
  for (unsigned axis = 0; axis < 3; ++axis) {
    size[axis] = static_cast<itk::SizeValueType>(target.size[axis]);
    for (unsigned column = 0; column < 3; ++column) direction(axis, column) = target.direction(axis, column);
  }
  filter->SetSize(size);
  filter->SetOutputSpacing(target.spacing.data());
  filter->SetOutputOrigin(target.origin.data());
  filter->SetOutputDirection(direction);
  filter->SetDefaultPixelValue(0);
  try {
    filter->Update();
  } catch (const itk::ExceptionObject& failure) {
    throw DataError(detail::message("resampling failed: ", failure.GetDescription()));
  }
  return io::from_itk(filter->GetOutput());
}

}  // namespace

Geometry isotropic_geometry(const Geometry& geometry, double spacing) {
  require<OptionError>(spacing > 0.0 && spacing <= 100.0, "spacing is ", spacing, " mm; expected more than 0 and at most 100");
  geometry.validate();
  Geometry result = geometry;
  for (int axis = 0; axis < 3; ++axis) {
    const double extent = static_cast<double>(geometry.size[static_cast<std::size_t>(axis)]) * geometry.spacing[axis];
    result.size[static_cast<std::size_t>(axis)] = std::max<std::int64_t>(1, std::llround(extent / spacing));
    result.spacing[axis] = spacing;
  }
  const Eigen::Vector3d corner = geometry.point_of(Eigen::Vector3d::Constant(-0.5));
  result.origin = corner + result.direction * Eigen::Vector3d::Constant(0.5 * spacing);
  result.validate();
  return result;
}

Image<float> Resample::operator()(const Image<float>& image, const Geometry& target, const RigidTransform& transform) const {
  return resampled(image, target, transform, interpolation, threads);
}

Mask Resample::operator()(const Mask& mask, const Geometry& target, const RigidTransform& transform) const {
  return resampled(mask, target, transform, Interpolation::nearest, threads);
}

LabelMap Resample::operator()(const LabelMap& labels, const Geometry& target, const RigidTransform& transform) const {
  return LabelMap(resampled(labels.image(), target, transform, Interpolation::nearest, threads));
}

}  // namespace bolus
