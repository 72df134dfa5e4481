#pragma once
#include <vector>

namespace bolus::preprocess {

/// Chooses one of `levels` for each column so that the sum of its cost and of `smoothness` times the difference in level of
/// neighbouring columns is smallest, and neighbours differ by no more than `largest_step`: a minimum cut (Li, Wu, Chen and
/// Sonka, IEEE PAMI 2006), exact and the same on every machine. `cost` holds `levels` values per column.
std::vector<int> optimal_surface(const std::vector<float>& cost, int levels, const std::vector<std::vector<int>>& neighbours,
                                 double smoothness, int largest_step);

}  // namespace bolus::preprocess
