#pragma once
#include <bolus/dsc/detail/deconvolution_kernel.hpp>
#include <bolus/dsc/detail/deconvolution_matrix.hpp>
#include <optional>

namespace bolus::detail {

/// Tikhonov's regularisation in the basis of the singular vectors: each coefficient is damped by s / (s^2 + mu^2), and mu is
/// one of a geometric grid from `smallest` to `largest` times the largest singular value.
class TikhonovDeconvolution final : public DeconvolutionKernel {
 public:
  enum class Choice { l_curve, gcv, fixed };

  /// `mu`: the regularisation in the unit of the singular values; chosen for each curve when not given.
  TikhonovDeconvolution(const Eigen::VectorXd& arterial, double step, Choice choice, std::optional<double> mu)
      : svd_(singular_values(volterra_matrix(arterial, step))), step_(step), choice_(mu ? Choice::fixed : choice) {
    // Directions without a singular value have no left vector: what a curve holds there is misfit whatever mu is.
    const auto rank = (svd_.values.array() > 1e-10 * svd_.values[0]).count();
    svd_.left.rightCols(svd_.left.cols() - rank).setZero();
    left_transposed_ = svd_.left.transpose();
    if (mu) {
      grid_ = Eigen::VectorXd::Constant(1, *mu);
      return;
    }
    set_grid(1e-4, 1.0, 120);
  }

  /// The L-curve of the OSIPI code collection (Ragunathan and Bell). There every singular vector has the same weight, so
  /// that mu follows from the arterial curve alone.
  static TikhonovDeconvolution osipi(const Eigen::VectorXd& arterial, double step) {
    TikhonovDeconvolution kernel(arterial, step, Choice::fixed, 1.0);
    kernel.set_grid(1e-9, 10.0, 400);
    kernel.grid_ *= std::pow(1e10, -1.0 / 399.0);  // its grid starts one step early
    kernel.set_weights();
    const Eigen::VectorXd misfit = kernel.misfit_.rowwise().sum(), size = kernel.size_.rowwise().sum(),
                          slope = kernel.slope_.rowwise().sum();
    // As there, one step below the corner.
    const auto beside = std::max<Eigen::Index>(kernel.corner(misfit.data(), size.data(), slope.data()) - 1, 0);
    kernel.grid_ = Eigen::VectorXd::Constant(1, kernel.grid_[beside]);
    return kernel;
  }

  std::vector<ResidueEstimate> solve(const Eigen::MatrixXd& curves, Eigen::MatrixXd* residues) const override {
    Eigen::MatrixXd coefficients = multiply(left_transposed_, curves);
    if (choice_ == Choice::fixed) {
      for (Eigen::Index c = 0; c < curves.cols(); ++c) damp(coefficients.col(c), grid_[0]);
    } else {
      const Eigen::MatrixXd power = coefficients.cwiseAbs2();
      Eigen::MatrixXd misfit = multiply(misfit_, power);
      misfit.rowwise() += (curves.colwise().squaredNorm() - power.colwise().sum()).cwiseMax(0.0);
      Eigen::MatrixXd size, slope;
      if (choice_ == Choice::l_curve) {
        size = multiply(size_, power);
        slope = multiply(slope_, power);
      }
      for (Eigen::Index c = 0; c < curves.cols(); ++c) {
        Eigen::Index best = 0;
        if (choice_ == Choice::l_curve) {
          best = corner(misfit.col(c).data(), size.col(c).data(), slope.col(c).data());
        } else {
          misfit.col(c).cwiseProduct(freedom_).minCoeff(&best);
        }
        damp(coefficients.col(c), grid_[best]);
      }
    }
    Eigen::MatrixXd found = multiply(svd_.right, coefficients);
    std::vector<ResidueEstimate> estimates;
    for (Eigen::Index c = 0; c < found.cols(); ++c) {
      estimates.push_back(read_residue(found.col(c).data(), found.rows(), found.rows(), step_));
    }
    if (residues) *residues = std::move(found);
    return estimates;
  }

 private:
  void set_grid(double smallest, double largest, Eigen::Index count) {
    grid_.resize(count);
    for (Eigen::Index k = 0; k < count; ++k) {
      grid_[k] =
          svd_.values[0] * smallest * std::pow(largest / smallest, static_cast<double>(k) / static_cast<double>(count - 1));
    }
    set_weights();
  }

  /// Weights of the squared coefficients in the squared residual, the squared solution and its derivative by mu, and the
  /// weight of the residual in generalised cross-validation (Golub, Heath and Wahba 1979). There every parameter counts 1.4
  /// times (Kim and Gu, J R Stat Soc B 2004): as it stands, cross-validation now and then hardly regularises at all.
  void set_weights() {
    const Eigen::Index rows = grid_.size(), columns = svd_.values.size();
    misfit_.resize(rows, columns);
    size_.resize(rows, columns);
    slope_.resize(rows, columns);
    freedom_.resize(rows);
    for (Eigen::Index k = 0; k < rows; ++k) {
      double kept = 0.0;
      for (Eigen::Index i = 0; i < columns; ++i) {
        const double s = svd_.values[i], mu2 = grid_[k] * grid_[k], sum = s * s + mu2;
        misfit_(k, i) = (mu2 / sum) * (mu2 / sum);
        size_(k, i) = (s / sum) * (s / sum);
        slope_(k, i) = -4.0 * grid_[k] * s * s / (sum * sum * sum);
        kept += mu2 / sum;
      }
      const double samples = static_cast<double>(columns), left = 1.0 - 1.4 * (samples - kept) / samples;
      freedom_[k] = left > 0.0 ? 1.0 / (left * left) : 1e30;
    }
  }

  /// Index of the L-curve's corner: the first local maximum of its curvature (Hansen 1992; Sourbron, Luypaert et al., Phys
  /// Med Biol 2007) from the side of strong regularisation; the largest curvature when there is none.
  Eigen::Index corner(const double* misfit, const double* size, const double* slope) const {
    const auto curvature = [&](Eigen::Index k) {
      const double r = misfit[k], e = size[k], d = slope[k], mu = grid_[k], mu2 = mu * mu;
      const double bottom = mu2 * mu2 * e * e + r * r;
      if (!(bottom > 0.0) || d == 0.0) return 0.0;
      return -2.0 * (e * r / d) * (mu2 * d * r + 2.0 * mu * e * r + mu2 * mu2 * e * d) / (bottom * std::sqrt(bottom));
    };
    Eigen::Index best = grid_.size() - 2;
    double after = curvature(best + 1), here = curvature(best), largest = here;
    for (Eigen::Index k = best; k >= 1; --k) {
      const double before = curvature(k - 1);
      if (here > before && here > after) return k;
      if (here > largest) {
        largest = here;
        best = k;
      }
      after = here;
      here = before;
    }
    return best;
  }

  template <class Column>
  void damp(Column coefficients, double mu) const {
    for (Eigen::Index i = 0; i < coefficients.size(); ++i) {
      coefficients[i] *= svd_.values[i] / (svd_.values[i] * svd_.values[i] + mu * mu);
    }
  }

  SingularValues svd_;
  Eigen::MatrixXd left_transposed_;
  double step_;
  Choice choice_;
  Eigen::VectorXd grid_, freedom_;
  Eigen::MatrixXd misfit_, size_, slope_;
};

}  // namespace bolus::detail
