#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/dsc/detail/singular_values.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace bolus::detail {

/// The convolution with the arterial curve as a lower triangular Toeplitz matrix, samples x samples: the rectangle rule of
/// Ostergaard et al., MRM 1996. `step`: s.
inline Eigen::MatrixXd toeplitz_matrix(const Eigen::VectorXd& arterial, double step) {
  const Eigen::Index count = arterial.size();
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(count, count);
  for (Eigen::Index j = 0; j < count; ++j) matrix.col(j).tail(count - j) = step * arterial.head(count - j);
  return matrix;
}

/// The same with arterial curve and residue function as straight lines between the samples (Volterra discretisation;
/// Sourbron, Luypaert et al., Phys Med Biol 2007), as in the OSIPI code collection.
inline Eigen::MatrixXd volterra_matrix(const Eigen::VectorXd& arterial, double step) {
  const Eigen::Index count = arterial.size();
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(count, count);
  for (Eigen::Index i = 0; i < count; ++i) {
    matrix(i, i) = step * (2.0 * arterial[0] + arterial[1]) / 6.0;
    if (i > 0) matrix(i, 0) = step * (2.0 * arterial[i] + arterial[i - 1]) / 6.0;
    for (Eigen::Index j = 1; j < i; ++j) {
      matrix(i, j) = step * (4.0 * arterial[i - j] + arterial[i - j - 1] + arterial[i - j + 1]) / 6.0;
    }
  }
  return matrix;
}

/// The arterial curve on a circle of twice its length, smoothed by Simpson's weights (Wu et al., MRM 2003): a circulant
/// matrix, whose singular values are the moduli of its discrete Fourier transform.
struct CirculantSpectrum {
  Eigen::Index length = 0;                     ///< 2 N
  std::vector<std::complex<double>> transfer;  ///< transform at frequencies 0 .. N, times the step (s)
  double largest = 0.0;                        ///< largest modulus
  std::vector<std::complex<double>> phase;     ///< exp(2 pi i k / 2N), k = 0 .. 2N - 1

  std::complex<double> root(Eigen::Index frequency, Eigen::Index sample) const {
    return phase[static_cast<std::size_t>((frequency * sample) % length)];
  }
};

inline CirculantSpectrum circulant_spectrum(const Eigen::VectorXd& arterial, double step) {
  const Eigen::Index count = arterial.size();
  CirculantSpectrum spectrum;
  spectrum.length = 2 * count;
  for (Eigen::Index k = 0; k < 2 * count; ++k) {
    spectrum.phase.push_back(std::polar(1.0, std::numbers::pi * static_cast<double>(k) / static_cast<double>(count)));
  }
  Eigen::VectorXd column = Eigen::VectorXd::Zero(2 * count);
  column[0] = arterial[0];
  for (Eigen::Index k = 1; k + 1 < count; ++k) column[k] = (arterial[k - 1] + 4.0 * arterial[k] + arterial[k + 1]) / 6.0;
  column[count - 1] = (arterial[count - 2] + 4.0 * arterial[count - 1]) / 6.0;
  column[count] = arterial[count - 1] / 6.0;
  for (Eigen::Index f = 0; f <= count; ++f) {
    std::complex<double> sum = 0.0;
    for (Eigen::Index k = 0; k <= count; ++k) sum += column[k] * std::conj(spectrum.root(f, k));
    spectrum.transfer.push_back(step * sum);
    spectrum.largest = std::max(spectrum.largest, std::abs(spectrum.transfer.back()));
  }
  return spectrum;
}

}  // namespace bolus::detail
