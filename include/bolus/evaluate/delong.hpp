#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/auc_interval.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/placements.hpp>
#include <bolus/evaluate/patients.hpp>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace bolus {

/// Areas under the ROC curves of several models on the same samples, and what they share by chance.
struct AucCovariance {
  Eigen::VectorXd areas;       ///< one per model
  Eigen::MatrixXd covariance;  ///< of the areas, models squared
  std::size_t positives = 0;   ///< positive samples, or patients that have any
  std::size_t negatives = 0;   ///< negative samples, or patients that have any
};

/// Covariance of the areas of k models by DeLong, DeLong and Clarke-Pearson (Biometrics 1988;44:837), in O(n log n) a model
/// (Sun and Xu 2014). With `patients`, by Obuchowski (Biometrics 1997;53:567): samples of a patient may depend on each other in
/// any way; with one sample per patient that is DeLong's. `labels` (0, 1) one per sample, `scores` (samples x models), higher
/// means positive. The models are shared out over `threads` (0: all cores), the bits do not depend on them. Throws ShapeError
/// where lengths differ; DataError for no samples, one class only, a score that is not finite, or a class with a single sample
/// or patient, from which no variance can be had.
inline AucCovariance delong_covariance(std::span<const int> labels, const Eigen::Ref<const Eigen::MatrixXd>& scores,
                                       const Patients& patients = {}, int threads = 0) {
  const Eigen::Index models = scores.cols(), samples = scores.rows();
  detail::require<ShapeError>(models > 0, "there are no models; expected scores of at least one");
  const auto column = [&](Eigen::Index k) { return std::span(scores.data() + k * scores.outerStride(), std::size_t(samples)); };
  std::array<std::size_t, 2> sizes{};
  for (Eigen::Index k = 0; k < models; ++k) sizes = detail::require_scores(labels, column(k));
  detail::require<ShapeError>(patients.empty() || patients.samples() == labels.size(), "there are ", labels.size(),
                              " labels and ", patients.samples(), " patients; expected one patient for each label");
  const auto m = static_cast<double>(sizes[1]), n = static_cast<double>(sizes[0]);
  AucCovariance result{Eigen::VectorXd(models), Eigen::MatrixXd::Zero(models, models), sizes[1], sizes[0]};
  std::vector<std::optional<detail::Placements>> placements(static_cast<std::size_t>(models));
  parallel_for(placements.size(), 1, labels.size() * placements.size() < 20000 ? 1 : threads,
               [&](std::size_t k, std::size_t) { placements[k].emplace(labels, column(Eigen::Index(k))); });
  for (Eigen::Index k = 0; k < models; ++k) {
    result.areas[k] = static_cast<double>(placements[std::size_t(k)]->total) / (2.0 * m * n);
  }
  // How far the placements of some samples lie from the area: samples x models. Whole numbers up to the product (below 2^53, so
  // exactly), so that samples level with the area are so exactly.
  const double unit = 1.0 / (2.0 * m * n);
  const auto away = [&](std::size_t begin, std::size_t end, Eigen::MatrixXd& block) {
    block.resize(Eigen::Index(end - begin), models);
    for (Eigen::Index k = 0; k < models; ++k) {
      const auto& model = *placements[std::size_t(k)];
      const auto total = static_cast<double>(model.total);
      for (std::size_t i = begin; i < end; ++i) {
        const double own = labels[i] == 1 ? m : n;
        block(Eigen::Index(i - begin), k) = (static_cast<double>(model.doubled[i]) * own - total) * unit;
      }
    }
  };

  // Units are samples, or patients, whose samples' deviations are added up for each class.
  Eigen::MatrixXd sums[2];  // of the products within a class, and between the classes of a patient
  Eigen::MatrixXd both = Eigen::MatrixXd::Zero(models, models);
  std::size_t units = labels.size();
  if (patients.empty()) {
    for (auto& sum : sums) sum = Eigen::MatrixXd::Zero(models, models);
    Eigen::MatrixXd all, positive;
    for (std::size_t begin = 0; begin < labels.size(); begin += 1024) {  // in parts, for the last digits
      const auto end = std::min(labels.size(), begin + 1024);
      away(begin, end, all);
      const Eigen::Map<const Eigen::VectorXi> label(labels.data() + begin, Eigen::Index(end - begin));
      positive = label.cast<double>().asDiagonal() * all;
      all -= positive;
      sums[1] += positive.transpose() * positive;
      sums[0] += all.transpose() * all;
    }
  } else {
    units = patients.count();
    using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Rows of_unit[2] = {Rows::Zero(Eigen::Index(units), models), Rows::Zero(Eigen::Index(units), models)};
    std::vector<char> has[2] = {std::vector<char>(units), std::vector<char>(units)};
    Eigen::MatrixXd all;
    away(0, labels.size(), all);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      of_unit[labels[i]].row(patients.codes()[i]) += all.row(Eigen::Index(i));
      has[labels[i]][patients.codes()[i]] = 1;
    }
    for (const int label : {0, 1}) sums[label] = of_unit[label].transpose() * of_unit[label];
    const Eigen::MatrixXd mixed = of_unit[1].transpose() * of_unit[0];
    both = mixed + mixed.transpose();
    result.negatives = std::size_t(std::count(has[0].begin(), has[0].end(), 1));
    result.positives = std::size_t(std::count(has[1].begin(), has[1].end(), 1));
  }
  for (const int label : {0, 1}) {
    detail::require<DataError>((label ? result.positives : result.negatives) > 1, "class ", label, " has a single ",
                               patients.empty() ? "sample" : "patient",
                               ", from which the variance of the area cannot be estimated; at least two are needed");
  }
  const auto correction = [](std::size_t size) { return static_cast<double>(size) / static_cast<double>(size - 1); };
  result.covariance += correction(result.positives) / (m * m) * sums[1];
  result.covariance += correction(result.negatives) / (n * n) * sums[0];
  if (!patients.empty()) result.covariance += correction(units) / (m * n) * both;
  return result;
}

/// How the interval of an area is made.
enum class AucIntervalKind {
  logit,  ///< on the scale of the log odds: never outside 0 to 1, and near them better covered than the other
  normal  ///< estimate +- z standard errors, cut off at 0 and 1
};

/// An area under the ROC curve with its standard error and interval.
struct AucEstimate {
  double estimate = 0.0;
  double variance = 0.0;  ///< DeLong's, or with patients Obuchowski's
  double standard_error = 0.0;
  double low = 0.0;           ///< lower end of the interval
  double high = 0.0;          ///< upper end of the interval
  double confidence = 0.0;    ///< of the interval, e.g. 0.95
  std::size_t positives = 0;  ///< positive samples, or patients that have any
  std::size_t negatives = 0;  ///< negative samples, or patients that have any
  QcFlags flags;              ///< evaluate.delong.no_variance
};

/// The area under the ROC curve with DeLong's standard error and interval. Where the variance is zero, because the scores
/// separate the classes or are all equal, the interval is Newcombe's (method 5, Stat Med 2006;25:559), which does not need it,
/// and a flag says so.
struct DelongAuc {
  double confidence = 0.95;                           ///< of the interval, between 0 and 1
  AucIntervalKind interval = AucIntervalKind::logit;  ///< how it is made
  int threads = 0;                                    ///< 0: all cores

  /// `labels` (0 or 1) and `scores` (higher means positive), one per sample; `patients` one per sample where samples share
  /// them. Throws OptionError, and ShapeError and DataError as delong_covariance.
  AucEstimate operator()(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {}) const {
    const Eigen::Map<const Eigen::MatrixXd> column(scores.data(), Eigen::Index(scores.size()), 1);
    return estimate(delong_covariance(labels, column, patients, threads), 0);
  }

  /// The estimate of model number `model` from areas and covariance already made. Throws OptionError.
  AucEstimate estimate(const AucCovariance& areas, Eigen::Index model) const {
    detail::require_confidence(confidence);
    AucEstimate result;
    result.estimate = areas.areas[model];
    result.variance = std::max(0.0, areas.covariance(model, model));
    result.standard_error = std::sqrt(result.variance);
    result.confidence = confidence;
    result.positives = areas.positives;
    result.negatives = areas.negatives;
    const double z = -detail::normal_quantile(0.5 * (1.0 - confidence));
    if (result.variance == 0.0) {
      std::tie(result.low, result.high) = detail::newcombe_interval(result.estimate, result.positives, result.negatives, z);
      result.flags.push_back({"evaluate.delong.no_variance",
                              "the scores separate the classes, or are all equal: DeLong's variance is zero, which says "
                              "nothing of the chance in the area. The interval is Newcombe's, from the numbers of samples."});
    } else if (interval == AucIntervalKind::logit) {
      std::tie(result.low, result.high) = detail::logit_interval(result.estimate, result.standard_error, z);
    } else {
      result.low = std::max(0.0, result.estimate - z * result.standard_error);
      result.high = std::min(1.0, result.estimate + z * result.standard_error);
    }
    return result;
  }
};

}  // namespace bolus
