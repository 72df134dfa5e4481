// The bridge to ITK, as a program of a user who links ITK: bolus/io/itk.hpp comes before ITK's own headers.
#include <bolus/io/itk.hpp>

#include <itkExtractImageFilter.h>
#include <itkShiftScaleImageFilter.h>

#include "catch.hpp"

namespace {

using namespace bolus;

Geometry oblique() {
  Geometry geometry;
  geometry.size = {7, 6, 5};
  geometry.spacing = Eigen::Vector3d(0.9, 1.1, 5.5);
  geometry.origin = Eigen::Vector3d(-71.3, 12.9, 300.7);
  geometry.direction = Eigen::AngleAxisd(0.4, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  return geometry;
}

}  // namespace

TEST_CASE("an image and its ITK counterpart share memory and place", "[io]") {
  Image<float> image(oblique(), 3.0F);
  const auto itk_image = to_itk(image);
  CHECK(itk_image->GetBufferPointer() == image.data());
  itk_image->SetPixel({{2, 3, 4}}, 8.0F);
  CHECK(image(2, 3, 4) == 8.0F);
  const auto point = itk_image->TransformIndexToPhysicalPoint<double>({{2, 3, 4}});
  const Eigen::Vector3d ours = image.geometry().point_of({2, 3, 4});
  for (unsigned axis = 0; axis < 3; ++axis) CHECK(point[axis] == Approx(ours[axis]).margin(1e-9));
  const auto back = from_itk(itk_image.GetPointer());
  CHECK(back.data() == image.data());
  CHECK(back.geometry().difference(image.geometry(), 1e-9).empty());
}

TEST_CASE("either side keeps the memory alive", "[io]") {
  itk::Image<std::uint8_t, 3>::Pointer survivor;
  {
    Mask mask(oblique(), 1);
    survivor = to_itk(mask);
  }
  CHECK(survivor->GetPixel({{0, 0, 0}}) == 1);
  Mask image;
  {
    auto made = itk::Image<std::uint8_t, 3>::New();
    made->SetRegions(itk::Size<3>{{4, 5, 6}});
    made->Allocate();
    made->FillBuffer(9);
    image = from_itk(made.GetPointer());
  }
  CHECK(image(3, 4, 5) == 9);
}

TEST_CASE("ITK's filters run on our images", "[io]") {
  Image<float> image(oblique(), 2.0F);
  using ItkImage = itk::Image<float, 3>;
  auto filter = itk::ShiftScaleImageFilter<ItkImage, ItkImage>::New();
  filter->SetInput(to_itk(image));
  filter->SetScale(2.5);
  filter->Update();
  const auto result = from_itk(filter->GetOutput());
  CHECK(result(6, 5, 4) == 5.0F);
  CHECK(image(6, 5, 4) == 2.0F);
  CHECK(result.geometry().difference(image.geometry(), 1e-9).empty());
}

TEST_CASE("a region that does not start at 0 keeps its place", "[io]") {
  const Image<float> image(oblique(), 2.0F);
  using ItkImage = itk::Image<float, 3>;
  auto filter = itk::ExtractImageFilter<ItkImage, ItkImage>::New();
  filter->SetInput(to_itk(image));
  filter->SetExtractionRegion({{{1, 2, 3}}, {{3, 3, 2}}});
  filter->SetDirectionCollapseToSubmatrix();
  filter->Update();
  const auto part = from_itk(filter->GetOutput());
  CHECK((part.geometry().origin - image.geometry().point_of({1, 2, 3})).norm() < 1e-9);
}

TEST_CASE("a series is a 4-D ITK image over the same memory", "[io]") {
  PerfusionSeries series(oblique(), Eigen::VectorXd::LinSpaced(4, 0.0, 4.5));
  series.frame(2)[0] = 7.0F;
  const auto itk_image = to_itk(series);
  CHECK(itk_image->GetBufferPointer() == series.data());
  CHECK(itk_image->GetPixel({{0, 0, 0, 2}}) == 7.0F);
  CHECK(itk_image->GetSpacing()[3] == Approx(1.5));
}

TEST_CASE("an ITK image without voxels is refused", "[io]") {
  auto empty = itk::Image<float, 3>::New();
  CHECK_THROWS_AS(from_itk(empty.GetPointer()), DataError);
  CHECK_THROWS_AS(from_itk(static_cast<itk::Image<float, 3>*>(nullptr)), DataError);
}
