#pragma once
#include <bolus/dsc/detail/deconvolution_kernel.hpp>
#include <bolus/dsc/detail/deconvolution_matrix.hpp>

namespace bolus::detail {

/// sSVD and cSVD: the truncated inverse does not depend on the tissue, so it is one matrix.
class TruncatedDeconvolution final : public DeconvolutionKernel {
 public:
  TruncatedDeconvolution(Eigen::MatrixXd inverse, double step) : inverse_(std::move(inverse)), step_(step) {}

  /// Standard SVD: singular values of the Toeplitz matrix below `threshold` of the largest are left out.
  static TruncatedDeconvolution standard(const Eigen::VectorXd& arterial, double step, double threshold) {
    const auto svd = singular_values(toeplitz_matrix(arterial, step));
    Eigen::Index kept = 0;
    while (kept < svd.values.size() && svd.values[kept] > 0.0 && svd.values[kept] >= threshold * svd.values[0]) ++kept;
    Eigen::MatrixXd scaled = svd.right.leftCols(kept);
    for (Eigen::Index i = 0; i < kept; ++i) scaled.col(i) /= svd.values[i];
    return {multiply(scaled, svd.left.leftCols(kept).transpose()), step};
  }

  /// Circulant SVD: frequencies where the transform of the arterial curve is below `threshold` of its largest are left out.
  static TruncatedDeconvolution circulant(const Eigen::VectorXd& arterial, double step, double threshold) {
    const auto spectrum = circulant_spectrum(arterial, step);
    const Eigen::Index samples = arterial.size(), length = spectrum.length;
    Eigen::VectorXd impulse = Eigen::VectorXd::Zero(length);
    for (Eigen::Index f = 0; f <= samples; ++f) {
      const auto transfer = spectrum.transfer[static_cast<std::size_t>(f)];
      if (!(std::abs(transfer) > 0.0) || std::abs(transfer) < threshold * spectrum.largest) continue;
      const double weight = (f == 0 || f == samples ? 1.0 : 2.0) / static_cast<double>(length);
      for (Eigen::Index k = 0; k < length; ++k) impulse[k] += weight * (spectrum.root(f, k) / transfer).real();
    }
    Eigen::MatrixXd inverse(length, samples);
    for (Eigen::Index j = 0; j < samples; ++j) {
      for (Eigen::Index i = 0; i < length; ++i) inverse(i, j) = impulse[(i - j + length) % length];
    }
    return {std::move(inverse), step};
  }

  std::vector<ResidueEstimate> solve(const Eigen::MatrixXd& curves, Eigen::MatrixXd* residues) const override {
    const Eigen::MatrixXd found = multiply(inverse_, curves);
    std::vector<ResidueEstimate> estimates;
    for (Eigen::Index c = 0; c < found.cols(); ++c) {
      estimates.push_back(read_residue(found.col(c).data(), curves.rows(), found.rows(), step_));
    }
    if (residues) *residues = found.topRows(curves.rows());
    return estimates;
  }

 private:
  Eigen::MatrixXd inverse_;
  double step_;
};

/// oSVD: circulant as above, with the smallest threshold of 5, 10 .. 95 % whose residue function oscillates less than asked.
class OscillationDeconvolution final : public DeconvolutionKernel {
 public:
  OscillationDeconvolution(const Eigen::VectorXd& arterial, double step, double oscillation)
      : step_(step), oscillation_(oscillation) {
    const auto spectrum = circulant_spectrum(arterial, step);
    const Eigen::Index samples = arterial.size(), length = spectrum.length;
    std::vector<Eigen::Index> order;
    const auto modulus = [&](Eigen::Index f) { return std::abs(spectrum.transfer[static_cast<std::size_t>(f)]); };
    for (Eigen::Index f = 0; f <= samples; ++f) {
      if (modulus(f) > 0.0 && modulus(f) >= 0.05 * spectrum.largest) order.push_back(f);
    }
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return modulus(a) > modulus(b); });
    for (int percent = 5; percent < 100; percent += 5) {
      Eigen::Index kept = 0;
      for (const auto f : order) kept += modulus(f) >= 0.01 * percent * spectrum.largest;
      if (kept_.empty() || kept != kept_.back()) kept_.push_back(kept);
    }
    const auto modes = static_cast<Eigen::Index>(order.size());
    analysis_.resize(2 * modes, samples);
    synthesis_.resize(length, 2 * modes);
    for (Eigen::Index m = 0; m < modes; ++m) {
      const Eigen::Index f = order[static_cast<std::size_t>(m)];
      const double weight = (f == 0 || f == samples ? 1.0 : 2.0) / static_cast<double>(length);
      for (Eigen::Index k = 0; k < samples; ++k) {
        const auto value = std::conj(spectrum.root(f, k)) / spectrum.transfer[static_cast<std::size_t>(f)];
        analysis_(2 * m, k) = value.real();
        analysis_(2 * m + 1, k) = value.imag();
      }
      for (Eigen::Index k = 0; k < length; ++k) {
        synthesis_(k, 2 * m) = weight * spectrum.root(f, k).real();
        synthesis_(k, 2 * m + 1) = -weight * spectrum.root(f, k).imag();
      }
    }
  }

  std::vector<ResidueEstimate> solve(const Eigen::MatrixXd& curves, Eigen::MatrixXd* residues) const override {
    const Eigen::MatrixXd modes = multiply(analysis_, curves);
    Eigen::MatrixXd found = multiply(synthesis_, modes);
    if (residues) residues->resize(curves.rows(), curves.cols());
    std::vector<ResidueEstimate> estimates;
    for (Eigen::Index c = 0; c < curves.cols(); ++c) {
      auto residue = found.col(c);
      Eigen::Index kept = kept_.front();
      for (std::size_t i = 1; i < kept_.size(); ++i) {
        const double largest = residue.maxCoeff();
        if (largest > 0.0 && oscillation_index(residue.data(), residue.size(), largest) < oscillation_) break;
        for (; kept > kept_[i]; --kept) {
          residue -=
              modes(2 * kept - 2, c) * synthesis_.col(2 * kept - 2) + modes(2 * kept - 1, c) * synthesis_.col(2 * kept - 1);
        }
      }
      estimates.push_back(read_residue(residue.data(), curves.rows(), residue.size(), step_));
      if (residues) residues->col(c) = residue.head(curves.rows());
    }
    return estimates;
  }

 private:
  double step_, oscillation_;
  std::vector<Eigen::Index> kept_;        ///< number of modes for each threshold, fewer and fewer
  Eigen::MatrixXd analysis_, synthesis_;  ///< real and imaginary part of each mode, largest modulus first
};

}  // namespace bolus::detail
