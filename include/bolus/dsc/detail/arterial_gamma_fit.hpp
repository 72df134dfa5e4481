#pragma once
#include <bolus/dsc/detail/robust_noise.hpp>
#include <bolus/dsc/gamma_variate_fit.hpp>

namespace bolus {
namespace detail {

/// arrival, ln peak, ln alpha, ln beta, recirculation, recirculation_delay, ln recirculation_width, equilibrium.
inline GammaVariate gamma_variate_of(const Eigen::VectorXd& p, double clearance_time) {
  return {.arrival = p[0],
          .peak = std::exp(p[1]),
          .alpha = std::exp(p[2]),
          .beta = std::exp(p[3]),
          .recirculation = p[4],
          .recirculation_delay = p[5],
          .recirculation_width = std::exp(p[6]),
          .equilibrium = p[7],
          .clearance_time = clearance_time};
}

/// Least squares with Huber's weights, found anew from the residuals of the fit before until they settle.
template <class Model>
LeastSquaresEnd fit_robustly(const Model& model, const Eigen::VectorXd& values, const Eigen::VectorXd& start,
                             const Eigen::VectorXd& low, const Eigen::VectorXd& high, int most) {
  Eigen::VectorXd weight = Eigen::VectorXd::Ones(values.size());
  const auto residual = [&](const Eigen::VectorXd& p) -> Eigen::VectorXd { return weight.cwiseProduct(model(p) - values); };
  auto end = fit_least_squares(residual, start, low, high, most);
  const double floor = 1e-6 * values.cwiseAbs().maxCoeff();
  for (int round = 0; round < 5; ++round) {
    const Eigen::VectorXd apart = (model(end.parameters) - values).cwiseAbs();
    const double scale = std::max(median({apart.data(), apart.data() + apart.size()}) / 0.67448975, floor);
    const Eigen::VectorXd next = (1.345 * scale / apart.array().max(1.345 * scale)).sqrt();
    if ((next - weight).cwiseAbs().maxCoeff() < 1e-3) break;
    weight = next;
    const int before = end.iterations;
    end = fit_least_squares(residual, end.parameters, low, high, most);
    end.iterations += before;
  }
  return end;
}

}  // namespace detail

inline FittedGammaVariate GammaVariateFit::operator()(const Eigen::VectorXd& curve, const Eigen::VectorXd& times) const {
  detail::require<OptionError>(std::isfinite(clearance_time) && clearance_time > 0.0, "clearance_time is ", clearance_time,
                               "; expected a positive number of seconds");
  detail::require<OptionError>(max_iterations > 0, "max_iterations is ", max_iterations, "; expected at least 1");
  detail::require<OptionError>(poor >= 0.0 && poor <= 1.0, "poor is ", poor, "; expected a fraction in [0, 1]");
  const auto found = timing(-curve, times);
  detail::require<DataError>(
      found.found,
      "no bolus was found in the curve, so there is nothing to fit; is it a DSC series, and are its volumes in order?");
  const Eigen::Index count = curve.size(), from = found.arrival;
  detail::require<DataError>(count - from >= 6, "only ", count - from, " samples lie after the arrival of the bolus at ",
                             found.arrival_time, " s; a gamma variate needs at least 6");
  // Only samples that hold the first pass; three more, since its last ones may be few.
  const Eigen::Index pass_end = std::min(count, std::max(found.first_pass_end, from + 6));
  const Eigen::Index begin = std::min(found.baseline.first, from);
  const double offset = found.baseline.last - found.baseline.first >= 3 ? -found.baseline.mean : 0.0;
  const double height = curve.segment(from, pass_end - from).maxCoeff() - offset;
  const double rise = std::max(found.peak_time - found.arrival_time, 0.5), span = times[count - 1] - times[0];

  const auto bounds = [&](bool all) {
    Eigen::MatrixXd range(8, 2);
    range << found.arrival_time - 2.0 * rise - 2.0, found.peak_time - 1e-3,          //
        std::log(0.2 * height), std::log(5.0 * height),                              //
        std::log(0.3), std::log(20.0),                                               //
        std::log(0.05), std::log(30.0),                                              //
        0.0, all ? 2.0 : 0.0,                                                        //
        all ? rise : 10.0, all ? std::max(2.0 * rise, std::min(40.0, span)) : 10.0,  //
        all ? 0.0 : std::log(2.0), std::log(all ? 6.0 : 2.0),                        //
        0.0, all ? 0.7 : 0.0;
    return range;
  };
  const auto model = [&](Eigen::Index first, Eigen::Index last) {
    return [this, &times, first, last](const Eigen::VectorXd& p) -> Eigen::VectorXd {
      const auto shape = detail::gamma_variate_of(p, clearance_time);
      return times.segment(first, last - first).unaryExpr([&](double t) { return shape(t); });
    };
  };
  const Eigen::MatrixXd narrow = bounds(false), wide = bounds(true);
  const Eigen::VectorXd pass = curve.segment(begin, pass_end - begin).array() - offset;
  detail::LeastSquaresEnd best;
  int iterations = 0;
  for (const double alpha : {1.5, 3.0, 6.0}) {
    Eigen::VectorXd start(8);
    start << found.arrival_time, std::log(height), std::log(alpha), std::log(rise / alpha), 0.0, 10.0, std::log(2.0), 0.0;
    auto end = detail::fit_robustly(model(begin, pass_end), pass, start, narrow.col(0), narrow.col(1), max_iterations);
    iterations += end.iterations;
    if (best.parameters.size() == 0 || end.cost < best.cost) best = std::move(end);
  }
  const bool all = recirculation && count - begin >= 16 && pass_end < count;
  const Eigen::Index last = all ? count : pass_end;
  if (all) {
    const Eigen::VectorXd whole = curve.segment(begin, count - begin).array() - offset;
    const Eigen::VectorXd first = best.parameters;
    best = {};
    for (const double delay : {1.5, 3.0}) {
      Eigen::VectorXd start = first;
      start.tail(4) << 0.2, delay * rise, std::log(2.0), 0.1;
      auto end = detail::fit_robustly(model(begin, count), whole, start, wide.col(0), wide.col(1), max_iterations);
      iterations += end.iterations;
      if (best.parameters.size() == 0 || end.cost < best.cost) best = std::move(end);
    }
  }

  FittedGammaVariate result;
  result.curve = detail::gamma_variate_of(best.parameters, clearance_time);
  result.flags = found.flags;
  result.converged = best.converged;
  result.iterations = iterations;
  result.first_pass_integral = result.curve.first_pass_integral();
  result.fitted = result.curve(times);
  const Eigen::VectorXd samples = curve.segment(begin, last - begin).array() - offset;
  const double squares = (result.fitted.segment(begin, last - begin) - samples).squaredNorm();
  const double total = (samples.array() - samples.mean()).square().sum();
  result.r_squared = total > 0.0 ? 1.0 - squares / total : 0.0;
  const Eigen::Index free = all ? 8 : 4;
  result.residual_deviation = std::sqrt(squares / static_cast<double>(std::max<Eigen::Index>(1, samples.size() - free)));
  result.fitted.array() += offset;

  result.parameters = {"arrival", "peak", "alpha", "beta"};
  if (all) {
    for (const auto* name : {"recirculation", "recirculation_delay", "recirculation_width", "equilibrium"}) {
      result.parameters.emplace_back(name);
    }
  }
  const double variance = result.residual_deviation * result.residual_deviation;
  result.standard_errors.resize(free);
  Eigen::VectorXd area_slope = Eigen::VectorXd::Zero(8);
  const Eigen::MatrixXd& range = all ? wide : narrow;
  for (Eigen::Index k = 0; k < free; ++k) {
    const bool logarithmic = (k >= 1 && k <= 3) || k == 6;
    const double value = best.parameters[k];
    result.standard_errors[k] = std::sqrt(variance * std::max(0.0, best.inverse(k, k))) * (logarithmic ? std::exp(value) : 1.0);
    Eigen::VectorXd up = best.parameters;
    up[k] += 1e-5;
    area_slope[k] = (detail::gamma_variate_of(up, clearance_time).first_pass_integral() - result.first_pass_integral) / 1e-5;
    // Parameters of a second pass that is not there are free to end anywhere.
    const bool nothing = k >= 4 && (k == 4 || k == 7 || result.curve.recirculation < 1e-3);
    if (!nothing && (value <= range(k, 0) || value >= range(k, 1))) {
      result.flags.push_back(
          {"dsc.gamma.at_bound", detail::message(result.parameters[static_cast<std::size_t>(k)],
                                                 " ended at a bound of its range: the curve does not determine it")});
    }
  }
  double area_variance = 0.0;
  for (Eigen::Index i = 0; i < 8; ++i) {
    for (Eigen::Index j = 0; j < 8; ++j) area_variance += area_slope[i] * best.inverse(i, j) * area_slope[j];
  }
  result.integral_error = std::sqrt(variance * std::max(0.0, area_variance));
  const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };
  if (!result.converged) flag("dsc.gamma.not_converged", "the fit did not settle within ", max_iterations, " steps");
  if (result.r_squared < poor) {
    flag("dsc.gamma.poor", "the gamma variate explains ", 100.0 * result.r_squared, " % of the curve's variance");
  }
  if (recirculation && !all) {
    flag("dsc.gamma.truncated", "too few samples lie after the first pass: only the first pass was fitted");
  }
  return result;
}

}  // namespace bolus
