// A DSC series on a label map, with known truth: how far is the blood volume of a tumour from what went in?
#include <cstdio>

#include <bolus/dsc/curve_quantities.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/simulate/phantom.hpp>

int main() {
  bolus::Geometry grid;
  grid.size = {20, 20, 12};
  bolus::Image<std::uint8_t> labels(grid);
  for (int x = 4; x < 10; ++x) {
    for (int y = 4; y < 10; ++y) {
      for (int z = 3; z < 9; ++z) labels(x, y, z) = x < 7 ? bolus::LabelValue::enhancing : bolus::LabelValue::oedema;
    }
  }
  bolus::PerfusionPhantom phantom{.signal_to_noise = 80.0, .seed = 1};
  phantom.enhancing.blood_volume = 6.0;  // mL/100 mL, does not leak
  phantom.enhancing.transfer_constant = 0.0;
  phantom.oedema.blood_volume = 2.0;
  const auto study = phantom(bolus::LabelMap(labels), bolus::Mask(grid, 1));

  const auto curves =
      bolus::RegionCurves{.regions = {bolus::Region::enhancing, bolus::Region::oedema}}(study.series, study.labels);
  const auto measures = bolus::CurveQuantities{.echo_time = study.series.protocol().echo_time}(curves);
  std::printf("blood volume of ET over ED: %.2f, put in %.2f\n", measures.rCBV[0] / measures.rCBV[1],
              phantom.enhancing.blood_volume / phantom.oedema.blood_volume);
}
