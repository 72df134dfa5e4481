#pragma once
#include <algorithm>
#include <bolus/core/parallel.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/detail/contingency_table.hpp>
#include <bolus/evaluate/detail/exact_table.hpp>
#include <bolus/evaluate/proportion_interval.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace bolus {

/// How Fisher's test counts the tables.
enum class FisherMethod {
  exact,       ///< all of them; a table too large for it is an error
  monte_carlo  ///< a random sample of them
};

/// Whether the rows and columns of a table of counts depend on each other, without an approximation.
struct FisherResult {
  double p_value = 1.0;  ///< two-sided: of all tables with these margins that are no likelier than this one
  FisherMethod method = FisherMethod::exact;
  std::optional<double> odds_ratio;              ///< 2 x 2: of the sample, ad / bc, may be infinite; none where it is 0 / 0
  std::optional<double> conditional_odds_ratio;  ///< 2 x 2: maximum likelihood given the margins, as R reports it
  std::optional<double> low;                     ///< 2 x 2: exact interval of the conditional odds ratio
  std::optional<double> high;
  double confidence = 0.95;                      ///< of the interval
  int replicates = 0;                            ///< random tables; 0: exact
  std::optional<ProportionInterval> p_interval;  ///< Monte Carlo: 99 % interval of the exact P value
  QcFlags flags;                                 ///< evaluate.fisher.empty_margin
};

/// Fisher's exact test of independence (Fisher 1935; r x c: Freeman and Halton, Biometrika 1951;38:141), two-sided, with the
/// margins fixed. For 2 x 2 also the odds ratio with the exact interval that inverts the two one-sided tests.
struct FisherExactTest {
  FisherMethod method = FisherMethod::exact;  ///< Monte Carlo must be asked for: no silent change of method
  double confidence = 0.95;                   ///< of the interval of the odds ratio
  int replicates = 100000;                    ///< random tables of the Monte Carlo method
  std::uint64_t seed = 0;                     ///< of the Monte Carlo method
  int threads = 0;                            ///< 0: all cores; the result is the same for any number
  std::int64_t budget = 20'000'000;           ///< steps of the exact method before it gives up, about ten a microsecond

  /// `table`: counts (rows x columns), at least 2 x 2. Empty rows and columns say nothing and are left out, with a flag.
  /// Throws OptionError for an option out of range; ShapeError below 2 x 2; DataError for a negative count, no counts at all,
  /// or a table too large for the exact method.
  FisherResult operator()(const Eigen::Ref<const Eigen::MatrixXi>& table, const Progress& progress = {}) const {
    validate();
    detail::require_table(table);
    FisherResult result;
    result.method = method;
    result.confidence = confidence;
    std::vector<Eigen::Index> rows, columns;
    for (Eigen::Index i = 0; i < table.rows(); ++i)
      if (table.row(i).sum() > 0) rows.push_back(i);
    for (Eigen::Index i = 0; i < table.cols(); ++i)
      if (table.col(i).sum() > 0) columns.push_back(i);
    const Eigen::MatrixXi used = table(rows, columns);
    if (used.size() < table.size()) {
      result.flags.push_back(
          {"evaluate.fisher.empty_margin", detail::message(table.rows() - used.rows(), " rows and ", table.cols() - used.cols(),
                                                           " columns of the table are empty and were left out")});
    }
    if (table.rows() == 2 && table.cols() == 2) odds_ratios(table, result);
    if (used.rows() < 2 || used.cols() < 2) return result;  // a single table has these margins
    if (method == FisherMethod::monte_carlo) {
      monte_carlo(used, progress, result);
    } else if (used.rows() == 2 && used.cols() == 2) {
      result.p_value = two_sided(used);
    } else {
      result.p_value = detail::ExactTable(used, static_cast<std::size_t>(budget))();
    }
    return result;
  }

 private:
  void validate() const {
    detail::require<OptionError>(confidence > 0.0 && confidence < 1.0, "confidence is ", confidence,
                                 "; expected a number between 0 and 1, such as 0.95");
    detail::require<OptionError>(replicates > 0, "replicates is ", replicates, "; expected at least 1");
    detail::require<OptionError>(budget > 0, "budget is ", budget, "; expected at least 1");
  }

  static double two_sided(const Eigen::MatrixXi& t) {
    const detail::NoncentralHypergeometric cell(t.row(0).sum(), t.col(0).sum(), t.sum());
    const auto probabilities = cell.probabilities(0.0);
    const double seen = probabilities[static_cast<std::size_t>(t(0, 0) - cell.low())] * (1.0 + 1e-10);
    double p_value = 0.0;
    for (const double p : probabilities) p_value += p <= seen ? p : 0.0;
    return std::min(1.0, p_value);
  }

  void odds_ratios(const Eigen::Ref<const Eigen::MatrixXi>& t, FisherResult& result) const {
    using Cell = detail::NoncentralHypergeometric;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double up = static_cast<double>(t(0, 0)) * t(1, 1), down = static_cast<double>(t(0, 1)) * t(1, 0);
    if (up > 0.0 || down > 0.0) result.odds_ratio = down > 0.0 ? up / down : infinity;
    result.low = 0.0;
    result.high = infinity;
    const Cell cell(t.row(0).sum(), t.col(0).sum(), t.sum());
    if (cell.low() == cell.high()) return;  // any odds ratio fits
    const int x = t(0, 0);
    const double tail = 0.5 * (1.0 - confidence);
    if (x == cell.low()) {
      result.conditional_odds_ratio = 0.0;
    } else if (x == cell.high()) {
      result.conditional_odds_ratio = infinity;
    } else {
      result.conditional_odds_ratio = Cell::solve([&](double odds) { return cell.mean(odds); }, x);
    }
    if (x > cell.low()) result.low = Cell::solve([&](double odds) { return cell.tail(x, odds, true); }, tail);
    if (x < cell.high()) result.high = Cell::solve([&](double odds) { return -cell.tail(x, odds, false); }, -tail);
  }

  /// Tables with the same margins by shuffling the columns of the patients (Agresti, Wackerly and Boyett 1979).
  void monte_carlo(const Eigen::MatrixXi& table, const Progress& progress, FisherResult& result) const {
    std::vector<Eigen::Index> row_of, column_of;
    double seen = 0.0;
    for (Eigen::Index row = 0; row < table.rows(); ++row) {
      for (Eigen::Index column = 0; column < table.cols(); ++column) {
        row_of.insert(row_of.end(), static_cast<std::size_t>(table(row, column)), row);
        column_of.insert(column_of.end(), static_cast<std::size_t>(table(row, column)), column);
        seen -= detail::log_factorial(table(row, column));
      }
    }
    const auto total = static_cast<std::size_t>(replicates);
    std::vector<char> counts(total);
    parallel_for(
        total, 256, threads,
        [&](std::size_t begin, std::size_t end) {
          for (std::size_t replicate = begin; replicate < end; ++replicate) {
            const auto order = RandomStream(seed, replicate).permutation(row_of.size());
            Eigen::MatrixXi drawn = Eigen::MatrixXi::Zero(table.rows(), table.cols());
            for (std::size_t i = 0; i < order.size(); ++i) ++drawn(row_of[i], column_of[order[i]]);
            double weight = 0.0;
            for (const int count : drawn.reshaped()) weight -= detail::log_factorial(count);
            counts[replicate] = weight <= seen + 1e-9 ? 1 : 0;
          }
        },
        progress, "Fisher's exact test");
    const auto hits = std::count(counts.begin(), counts.end(), char{1});
    result.replicates = replicates;
    result.p_value = (static_cast<double>(hits) + 1.0) / (static_cast<double>(replicates) + 1.0);
    result.p_interval = clopper_pearson_interval(hits, replicates, 0.99);
  }
};

/// Fisher's exact test with default options but `method`: see FisherExactTest.
inline FisherResult fisher_exact_test(const Eigen::Ref<const Eigen::MatrixXi>& table,
                                      FisherMethod method = FisherMethod::exact) {
  return FisherExactTest{.method = method}(table);
}

}  // namespace bolus
