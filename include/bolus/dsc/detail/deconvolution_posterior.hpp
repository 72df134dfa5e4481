#pragma once
#include <bolus/dsc/detail/deconvolution_transit_grid.hpp>

namespace bolus::detail {

/// The posterior of one curve over the candidates of a grid, with room to work in that is kept from curve to curve.
class TransitTimePosterior {
 public:
  explicit TransitTimePosterior(const TransitTimeGrid& grid)
      : grid_(grid), seen_(static_cast<std::size_t>(grid.prior.size()), -1) {}

  struct Weighted {
    double weight;        ///< logarithm of the posterior, then the posterior
    double volume;        ///< fraction
    double transit_time;  ///< s
    double delay;         ///< s
    GammaResidue residue;
    bool at_border;
  };

  /// The posterior of a curve from its products with the candidates; empty when none fits better than nothing.
  const std::vector<Weighted>& operator()(const Eigen::Ref<const Eigen::VectorXd>& products, double power,
                                          Eigen::Index samples) {
    coarse_.clear();
    items_.clear();
    Eigen::Index best = 0;
    const double largest = products.maxCoeff(&best);
    if (!(largest > 0.0) || !(power > 0.0)) return items_;
    const double misfit = grid_.unexplained * grid_.unexplained * power;  // the model is not the tissue
    const double total = power + misfit, exponent = 0.5 * static_cast<double>(samples - 1);
    const double least = std::max(total - largest * largest, 0.1 * misfit);
    const auto score = [&](double prior, double product) {
      return product > 0.0 ? prior - exponent * std::log(std::max(total - product * product, 0.1 * misfit) / least) : -1e9;
    };
    const double margin = grid_.prior.maxCoeff() - grid_.prior[best] + reach;
    const double bound = total - least * std::exp(std::min(margin / exponent, 700.0));
    const double floor = bound > 0.0 ? std::sqrt(bound) : 0.0;
    double top = -1e300;
    for (Eigen::Index k = 0; k < products.size(); ++k) {
      if (!(products[k] > floor)) continue;
      coarse_.emplace_back(k, score(grid_.prior[k], products[k]));
      top = std::max(top, coarse_.back().second);
    }
    double sum = 0.0, squares = 0.0;
    for (const auto& [k, value] : coarse_) {
      const double weight = value > top - reach ? std::exp(value - top) : 0.0;
      sum += weight;
      squares += weight * weight;
    }
    if (sum * sum > 60.0 * squares) {  // the grid is fine enough
      for (const auto& [k, value] : coarse_) {
        if (value > top - reach) items_.push_back(at(k, products, value));
      }
    } else {
      refine(products, top, score);
    }
    top = -1e300;
    for (const auto& item : items_) top = std::max(top, item.weight);
    sum = 0.0;
    for (auto& item : items_) sum += item.weight = item.weight > top - reach ? std::exp(item.weight - top) : 0.0;
    for (auto& item : items_) item.weight /= sum;
    return items_;
  }

 private:
  static constexpr double reach = 18.0;  ///< what lies this far below the best in the logarithm adds nothing

  double volume_of(double product, double scale) const { return std::max(product, 0.0) * scale; }

  /// The candidate itself.
  Weighted at(Eigen::Index k, const Eigen::Ref<const Eigen::VectorXd>& products, double weight) const {
    const auto place = grid_.place(k);
    return {weight,
            volume_of(products[k], grid_.scale[k]),
            grid_.transit_time[k],
            grid_.first_delay + grid_.delay_step * static_cast<double>(place.delay),
            {TransitTimeGrid::shapes[place.shape], grid_.means[place.mean]},
            place.at_border};
  }

  /// Four by four points around each candidate that matters and around the best of each shape, between which product, scale
  /// and prior are taken as parabolas through three neighbours in either direction.
  template <class Score>
  void refine(const Eigen::Ref<const Eigen::VectorXd>& products, double top, const Score& score) {
    ++curve_;
    cells_.clear();
    const auto add = [&](Eigen::Index k) {
      if (k < 0 || k >= products.size() || seen_[static_cast<std::size_t>(k)] == curve_) return;
      seen_[static_cast<std::size_t>(k)] = curve_;
      cells_.push_back(k);
    };
    for (const auto& [k, value] : coarse_) {
      if (value > top - 10.0) add(k);
    }
    const auto row = static_cast<Eigen::Index>(grid_.means.size()) * grid_.delays;
    for (std::size_t shape = 0; shape < TransitTimeGrid::shapes.size(); ++shape) {
      Eigen::Index k = 0;
      products.segment(static_cast<Eigen::Index>(shape) * row, row).maxCoeff(&k);
      k += static_cast<Eigen::Index>(shape) * row;
      for (Eigen::Index i = -1; i <= 1; ++i) {
        for (Eigen::Index j = -1; j <= 1; ++j) add(k + i * grid_.delays + j);
      }
    }
    constexpr std::array<double, 4> offsets{-0.375, -0.125, 0.125, 0.375};
    std::array<double, 4> stretch;  // of the mean
    for (std::size_t q = 0; q < 4; ++q) stretch[q] = std::pow(TransitTimeGrid::ratio, offsets[q]);
    for (const Eigen::Index k : cells_) {
      if (!grid_.place(k).inside) {
        items_.push_back(at(k, products, score(grid_.prior[k], products[k]) + std::log(16.0)));
        continue;
      }
      const Weighted centre = at(k, products, 0.0);
      for (std::size_t q = 0; q < offsets.size(); ++q) {
        const double x = offsets[q];
        const std::array<double, 3> u{0.5 * x * (x - 1.0), 1.0 - x * x, 0.5 * x * (x + 1.0)};
        for (const double y : offsets) {
          const std::array<double, 3> v{0.5 * y * (y - 1.0), 1.0 - y * y, 0.5 * y * (y + 1.0)};
          double product = 0.0, scale = 0.0, prior = 0.0;
          for (Eigen::Index i = 0; i < 3; ++i) {
            for (Eigen::Index j = 0; j < 3; ++j) {
              const Eigen::Index near = k + (i - 1) * grid_.delays + j - 1;
              const double weight = u[static_cast<std::size_t>(i)] * v[static_cast<std::size_t>(j)];
              product += weight * products[near];
              scale += weight * grid_.scale[near];
              prior += weight * grid_.prior[near];
            }
          }
          Weighted item = centre;
          item.weight = score(prior, product);
          item.volume = volume_of(product, scale);
          item.delay += grid_.delay_step * y;
          item.residue.mean *= stretch[q];
          const Eigen::Index next = k + (x < 0.0 ? -grid_.delays : grid_.delays), beside = k + (y < 0.0 ? -1 : 1);
          item.transit_time += std::abs(x) * (grid_.transit_time[next] - grid_.transit_time[k]) +
                               std::abs(y) * (grid_.transit_time[beside] - grid_.transit_time[k]);
          items_.push_back(item);
        }
      }
    }
  }

  const TransitTimeGrid& grid_;
  std::vector<std::pair<Eigen::Index, double>> coarse_;  ///< candidates and logarithms of their posterior
  std::vector<Eigen::Index> cells_;
  std::vector<Eigen::Index> seen_;  ///< for each candidate, the last curve in which it was refined
  Eigen::Index curve_ = 0;
  std::vector<Weighted> items_;
};

}  // namespace bolus::detail
