#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/simulate/tissue.hpp>
#include <bolus/simulate/tissue_class.hpp>
#include <vector>

namespace bolus {

/// A simulated DSC series on an anatomy, with its truth. All maps lie on the grid of the series and show the head as it lies in
/// the first volume.
struct PhantomStudy {
  PerfusionSeries series;     ///< the signal, with TE, TR, flip angle and field strength
  LabelMap labels;            ///< the tumour's parts
  Mask brain;                 ///< brain with its CSF
  Mask arterial;              ///< voxels that hold an artery; of a head: of which arteries fill `artery_threshold` or more
  Image<float> blood_volume;  ///< true CBV of the tissue, mL/100 mL; 0 outside the brain and in arteries and veins
  /// Signal without noise, texture or drift: ET, NET, ED, white_matter, grey_matter, AIF, csf, scalp, vein. The AIF is the
  /// signal of a voxel of the artery (blood and tissue); of a head, of pure blood.
  CurveSet truth;
  Mask veins;                             ///< as `arterial`; none without a head
  Image<std::uint8_t> tissue;             ///< `TissueClass` with the largest share
  Image<float> artery_share, vein_share;  ///< share of the voxel's volume
  Image<float> blood_flow;                ///< true CBF, mL/100 mL/min; 0 where `blood_volume` is
  Image<float> mean_transit_time, delay;  ///< true MTT, and delay weighted by blood volume, s; 0 where `blood_volume` is
  Image<float> transfer_constant;         ///< true Ktrans in the brain, 1/min
  /// K2 of the leakage to first order, 1/s, for a reference curve of the white matter: `GradientEcho::leakage_rate`. Its sign
  /// says whether leakage raises (K2 above 0) or lowers the signal.
  Image<float> leakage_rate;
  std::vector<Eigen::Matrix4d>
      motion;             ///< per volume: maps a point of the head in the first volume to where it then lies, LPS mm
  Provenance provenance;  ///< always marked as simulated
  std::array<TissueParameters, 7> tissues{};  ///< of ET, NET, ED, white matter, grey matter, CSF, scalp
  std::vector<TissueShares> shares;           ///< of each voxel
  Image<float> blood_variation;               ///< factor on the tumour's CBV and CBF in each voxel; 1 elsewhere

  /// The residue function R(t) of a voxel's tissue at `times` (s after arrival in the arteries): those of the tissues in it,
  /// each after its delay, weighted by blood flow. 0 where no blood flows. Throws ShapeError for a voxel outside the grid.
  Eigen::VectorXd residue(std::int64_t x, std::int64_t y, std::int64_t z, const Eigen::VectorXd& times) const {
    const auto& size = labels.geometry().size;
    detail::require<ShapeError>(x >= 0 && y >= 0 && z >= 0 && x < size[0] && y < size[1] && z < size[2], "there is no voxel (",
                                x, ", ", y, ", ", z, ") in a series of ", size[0], " x ", size[1], " x ", size[2]);
    constexpr std::array<TissueClass, 5> classes{TissueClass::enhancing, TissueClass::non_enhancing, TissueClass::oedema,
                                                 TissueClass::white_matter, TissueClass::grey_matter};
    const auto& share = shares[static_cast<std::size_t>(x + size[0] * (y + size[1] * z))];
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(times.size());
    double whole = 0.0;
    for (std::size_t k = 0; k < classes.size(); ++k) {
      const double varied = k < 3 ? static_cast<double>(blood_variation(x, y, z)) : 1.0;
      const double flow = static_cast<double>(share[static_cast<std::size_t>(classes[k])]) * varied * tissues[k].blood_flow();
      whole += flow;
      for (Eigen::Index t = 0; t < times.size(); ++t) sum[t] += flow * tissues[k].residue_at(times[t] - tissues[k].delay);
    }
    if (whole > 0.0) sum /= whole;
    return sum;
  }
};

}  // namespace bolus
