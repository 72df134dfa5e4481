#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace bolus::detail {

/// result = a b. One product for all methods: every form of it that Eigen sees costs compile time.
inline void multiply(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, Eigen::MatrixXd& result) { result.noalias() = a * b; }

inline Eigen::MatrixXd multiply(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd result;
  multiply(a, b, result);
  return result;
}

/// What one method finds in one curve.
struct ResidueEstimate {
  double flow = 0.0;                ///< largest value of the residue function, 1/s
  double time_to_maximum = 0.0;     ///< s
  double standard_deviation = 0.0;  ///< of the flow, 1/s; 0 where the method gives none
  double oscillation = 0.0;         ///< index of the residue function
  bool at_border = false;           ///< the delay lies at the end of what could be found
};

/// A prepared deconvolution: all that depends on the arterial curve alone is done.
class DeconvolutionKernel {
 public:
  virtual ~DeconvolutionKernel() = default;

  /// `curves`: samples x n, finite. `residues`, when not null: samples x n, flow times residue function, 1/s.
  virtual std::vector<ResidueEstimate> solve(const Eigen::MatrixXd& curves, Eigen::MatrixXd* residues) const = 0;
};

/// Oscillation index (Wu et al., MRM 2003): mean modulus of the second difference over the largest value. 0 when that is not
/// positive.
inline double oscillation_index(const double* residue, Eigen::Index length, double largest) {
  if (!(largest > 0.0)) return 0.0;
  double sum = 0.0;
  for (Eigen::Index i = 2; i < length; ++i) sum += std::abs(residue[i] - 2.0 * residue[i - 1] + residue[i - 2]);
  return sum / (static_cast<double>(length) * largest);
}

/// Largest value and its time of a residue function `step` s apart. On a circle (`length` twice the samples) the second
/// half are negative times.
inline ResidueEstimate read_residue(const double* residue, Eigen::Index samples, Eigen::Index length, double step) {
  const Eigen::Index at = std::max_element(residue, residue + length) - residue;
  ResidueEstimate estimate;
  estimate.flow = std::max(0.0, residue[at]);
  estimate.time_to_maximum = step * static_cast<double>(at < samples ? at : at - length);
  estimate.oscillation = oscillation_index(residue, length, residue[at]);
  estimate.at_border = residue[at] > 0.0 && (at == samples - 1 || (length > samples && at == samples));
  return estimate;
}

}  // namespace bolus::detail
