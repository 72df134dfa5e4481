#pragma once
#include <bolus/core/error.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace bolus::detail {

/// How many positive patients each part gets, so that each has their share of the whole as nearly as whole numbers can (largest
/// remainder) and every part that is not empty has at least one positive and one negative. `sizes` add up to all patients.
/// Throws DataError where that cannot be.
inline std::vector<std::size_t> class_quota(const std::vector<int>& sizes, std::size_t positives) {
  const auto all = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  const auto wanted = static_cast<std::int64_t>(positives);
  std::int64_t parts = 0;
  for (const int size : sizes) {
    require<DataError>(size != 1, "a part of 1 patient cannot have both classes; make it 0 or at least 2");
    parts += size > 0 ? 1 : 0;
  }
  require<DataError>(wanted >= parts && all - wanted >= parts, "there are ", wanted, " positive and ", all - wanted,
                     " negative patients for ", parts, " parts, each of which needs one of both classes");

  // What is missing to a part's exact share, times the number of patients.
  std::vector<std::size_t> quota(sizes.size());
  const auto missing = [&](std::size_t part) { return wanted * sizes[part] - static_cast<std::int64_t>(quota[part]) * all; };
  std::int64_t given = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part) {
    if (sizes[part] == 0) continue;
    const std::int64_t share = wanted * sizes[part] / all;
    quota[part] = static_cast<std::size_t>(share < 1 ? 1 : share > sizes[part] - 1 ? sizes[part] - 1 : share);
    given += static_cast<std::int64_t>(quota[part]);
  }
  for (; given != wanted; given += given < wanted ? 1 : -1) {
    const bool add = given < wanted;
    std::size_t best = sizes.size();
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      const bool possible =
          sizes[part] > 0 && (add ? quota[part] + 1 < static_cast<std::size_t>(sizes[part]) : quota[part] > 1);
      if (!possible) continue;
      if (best == sizes.size() || (add ? missing(part) > missing(best) : missing(part) < missing(best))) best = part;
    }
    quota[best] = add ? quota[best] + 1 : quota[best] - 1;
  }
  return quota;
}

}  // namespace bolus::detail
