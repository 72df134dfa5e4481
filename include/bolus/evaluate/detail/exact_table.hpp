#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/odds_ratio.hpp>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bolus::detail {

/// P value of Fisher's exact test of an r x c table without empty rows or columns: Mehta and Patel's network (JASA
/// 1983;78:427). The columns are filled one after another; a node is what is left of the rows' totals, sorted, since rows are
/// interchangeable. Where even the likeliest completion of a node stays below the table seen, all its completions count at
/// once; where even the least likely one lies above, none does; else the node is passed on with the distinct values of its
/// past.
class ExactTable {
 public:
  ExactTable(const Eigen::MatrixXi& table, std::size_t budget) : budget_(budget) {
    const bool turned = table.rows() > table.cols();
    const Eigen::MatrixXi counts = turned ? Eigen::MatrixXi(table.transpose()) : table;
    for (Eigen::Index i = 0; i < counts.rows(); ++i) rows_.push_back(counts.row(i).sum());
    for (Eigen::Index i = 0; i < counts.cols(); ++i) columns_.push_back(counts.col(i).sum());
    std::sort(rows_.begin(), rows_.end());
    std::sort(columns_.rbegin(), columns_.rend());
    for (int n = 0; n <= counts.sum(); ++n) factorial_.push_back(log_factorial(n));
    for (const int count : counts.reshaped()) seen_ -= factorial(count);
    bounds_.resize(columns_.size());
  }

  /// Sum of the probabilities of all tables that are no likelier than the one seen. Throws DataError beyond the budget.
  double operator()() {
    constexpr double same = 1e-9;  // in the logarithm: what counts as equally likely, over what rounding leaves
    const double everything = completions(rows_, 0);
    double p_value = 0.0;
    // Per node, the log of a path's weight and how often it is reached.
    std::map<std::vector<int>, std::unordered_map<long long, Path>> nodes;
    nodes[rows_].emplace(0, Path{0.0, 1.0});
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      std::map<std::vector<int>, std::unordered_map<long long, Path>> next;
      for (const auto& [left, paths] : nodes) {
        for_each_column(left, column, [&](const std::vector<int>& rest, double weight) {
          const auto [least, most] = bounds(rest, column + 1);
          const double all = completions(rest, column + 1);
          auto* target = static_cast<std::unordered_map<long long, Path>*>(nullptr);
          for (const auto& [key, path] : paths) {
            spend();
            const double past = path.weight + weight;
            if (past + most <= seen_ + same) {
              p_value += path.times * std::exp(past + all - everything);
            } else if (past + least <= seen_ + same) {
              if (!target) target = &next[rest];
              // Weights that agree to 1e-11 are those of the same path up to rounding.
              const auto [place, added] = target->try_emplace(std::llround(past * 1e11), Path{past, 0.0});
              place->second.times += path.times;
            }
          }
        });
      }
      nodes = std::move(next);
    }
    return std::min(1.0, p_value);
  }

 private:
  struct Path {
    double weight;
    double times;
  };

  double factorial(int n) const { return factorial_[static_cast<std::size_t>(n)]; }

  void spend() {
    require<DataError>(++spent_ <= budget_, "the table is too large for an exact P value (more than ", budget_,
                       " steps); use method = monte_carlo, or put rare rows or columns together");
  }

  /// log of the sum of the weights of all completions: R! / (product of row and column totals' factorials).
  double completions(const std::vector<int>& left, std::size_t column) const {
    int total = 0;
    double sum = 0.0;
    for (const int row : left) {
      total += row;
      sum -= factorial(row);
    }
    for (std::size_t k = column; k < columns_.size(); ++k) sum -= factorial(columns_[k]);
    return sum + factorial(total);
  }

  /// Calls `use(rest, weight)` for each way to fill a column from what is left of the rows; weight is -sum log n!.
  template <class Use>
  void for_each_column(const std::vector<int>& left, std::size_t column, const Use& use) {
    std::vector<int> rest = left;
    std::vector<int> behind(left.size() + 1, 0);  // how much the rows from here on can still take
    for (std::size_t row = left.size(); row-- > 0;) behind[row] = behind[row + 1] + left[row];
    fill(left, behind, 0, columns_[column], 0.0, rest, use);
  }

  template <class Use>
  void fill(const std::vector<int>& left, const std::vector<int>& behind, std::size_t row, int amount, double weight,
            std::vector<int>& rest, const Use& use) {
    if (row + 1 == left.size()) {
      rest[row] = left[row] - amount;
      auto sorted = rest;
      std::sort(sorted.begin(), sorted.end());
      use(sorted, weight - factorial(amount));
      return;
    }
    for (int take = std::max(0, amount - behind[row + 1]); take <= std::min(amount, left[row]); ++take) {
      rest[row] = left[row] - take;
      fill(left, behind, row + 1, amount - take, weight - factorial(take), rest, use);
    }
  }

  /// Least and largest log weight of the completions of a node.
  std::pair<double, double> bounds(const std::vector<int>& left, std::size_t column) {
    if (column == columns_.size()) return {0.0, 0.0};
    if (column + 1 == columns_.size()) {
      double weight = 0.0;
      for (const int row : left) weight -= factorial(row);
      return {weight, weight};
    }
    const auto known = bounds_[column].find(left);
    if (known != bounds_[column].end()) return known->second;
    std::pair<double, double> result{1e300, -1e300};
    for_each_column(left, column, [&](const std::vector<int>& rest, double weight) {
      spend();
      const auto [least, most] = bounds(rest, column + 1);
      result.first = std::min(result.first, weight + least);
      result.second = std::max(result.second, weight + most);
    });
    bounds_[column].emplace(left, result);
    return result;
  }

  std::vector<int> rows_, columns_;
  std::vector<double> factorial_;
  std::vector<std::map<std::vector<int>, std::pair<double, double>>> bounds_;
  double seen_ = 0.0;
  std::size_t budget_, spent_ = 0;
};

}  // namespace bolus::detail
