#pragma once
#include <bolus/dsc/detail/deconvolution_kernel.hpp>
#include <bolus/dsc/detail/deconvolution_posterior.hpp>

namespace bolus::detail {

/// Bayesian deconvolution. Each candidate of the grid has a likelihood in a measured curve (normal noise of unknown size, so
/// Student's t) times the prior; results are means over that posterior. Where it is narrower than the grid, the fit is
/// interpolated between the candidates.
class TransitTimeDeconvolution final : public DeconvolutionKernel {
 public:
  TransitTimeDeconvolution(const Eigen::VectorXd& arterial, double step, const TransitTimePrior& prior)
      : grid_(arterial, step, prior), step_(step) {}

  std::vector<ResidueEstimate> solve(const Eigen::MatrixXd& curves, Eigen::MatrixXd* residues) const override {
    if (residues) *residues = Eigen::MatrixXd::Zero(curves.rows(), curves.cols());
    std::vector<ResidueEstimate> estimates(static_cast<std::size_t>(curves.cols()));
    constexpr Eigen::Index block = 16;  // so that the products stay in cache
    Eigen::MatrixXd products;
    TransitTimePosterior posterior(grid_);
    for (Eigen::Index begin = 0; begin < curves.cols(); begin += block) {
      const Eigen::Index width = std::min(block, curves.cols() - begin);
      const Eigen::MatrixXd part = curves.middleCols(begin, width);
      const Eigen::MatrixXd projected = multiply(grid_.basis, part);
      multiply(grid_.candidates, projected, products);
      for (Eigen::Index c = 0; c < width; ++c) {
        const auto& items = posterior(products.col(c), part.col(c).squaredNorm(), curves.rows());
        estimates[static_cast<std::size_t>(begin + c)] = summary(items);
        if (residues) add_residue(items, residues->col(begin + c));
      }
    }
    return estimates;
  }

 private:
  static ResidueEstimate summary(const std::vector<TransitTimePosterior::Weighted>& posterior) {
    ResidueEstimate estimate;
    if (posterior.empty()) return estimate;
    double volume = 0.0, transit_time = 0.0, border = 0.0, spread = 0.0;
    for (const auto& item : posterior) {
      volume += item.weight * item.volume;
      transit_time += item.weight * item.transit_time;
      estimate.time_to_maximum += item.weight * item.delay;
      border += item.at_border ? item.weight : 0.0;
    }
    estimate.flow = volume / transit_time;
    estimate.at_border = border > 0.5;
    for (const auto& item : posterior) {
      const double away = item.volume / item.transit_time - estimate.flow;
      spread += item.weight * away * away;
    }
    estimate.standard_deviation = std::sqrt(spread);
    return estimate;
  }

  template <class Column>
  void add_residue(const std::vector<TransitTimePosterior::Weighted>& posterior, Column residue) const {
    for (const auto& item : posterior) {
      if (item.weight < 1e-5) continue;
      const double flow = item.weight * item.volume / item.residue.mean;
      for (Eigen::Index t = 0; t < residue.size(); ++t) {
        residue[t] += flow * item.residue(step_ * static_cast<double>(t) - item.delay);
      }
    }
  }

  TransitTimeGrid grid_;
  double step_;
};

}  // namespace bolus::detail
