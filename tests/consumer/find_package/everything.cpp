// Uses all components: writes and reads an image (ITK), predicts with a network (LibTorch), and takes curves to a prediction.
#include <bolus/io/read_image.hpp>
#include <bolus/io/write_image.hpp>
#include <bolus/pipeline/predict_study.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>

int main() {
  bolus::Geometry geometry;
  geometry.size = {4, 3, 2};
  bolus::Image<float> image(geometry);
  image.data()[5] = 7.0f;
  const std::filesystem::path file = "everything.nii.gz";
  bolus::write_image(file, image, bolus::Overwrite::yes);
  const bool same = bolus::read_image(file).data()[5] == 7.0f;

  bolus::NetworkShape shape;
  bolus::CurveSet curves;
  curves.names = {"ET", "NET", "ED", "WT", "AIF"};
  curves.times = Eigen::VectorXd::LinSpaced(60, 0.0, 88.5);
  curves.values.resize(60, 5);
  for (Eigen::Index t = 0; t < 60; ++t) {
    for (Eigen::Index c = 0; c < 5; ++c) {
      const double peak = (curves.times[t] - 30.0) / (4.0 + static_cast<double>(c));
      curves.values(t, c) = 100.0 - 40.0 * std::exp(-peak * peak);
    }
  }
  bolus::PredictStudy predict;
  predict.make_windows.windows.count = 1;
  auto network = bolus::random_network(shape, 1);
  network.channel_names = curves.names;
  const auto prediction = predict.from_curves(curves, network, "nobody");
  std::cout << "probability " << prediction.probability << '\n';
  return same && prediction.probability > 0.0 && prediction.probability < 1.0 ? 0 : 1;
}
