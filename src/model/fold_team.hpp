#pragma once
#include <bolus/model/cross_validation.hpp>
#include <string_view>

namespace bolus::detail {

/// A fold to be trained, by whichever thread is free.
struct FoldJob {
  IDHClassifier classifier;
  const FoldIndices* fold = nullptr;
};

/// Runs the jobs side by side, one thread each. The results do not depend on `threads`.
std::vector<FoldResult> run_folds(const std::vector<FoldJob>& jobs, const Dataset& dataset, int threads, std::string_view stage,
                                  const Progress& progress);

/// How samples are predicted by a network that was just trained, on one thread.
PredictOptions predict_options(const IDHClassifier& classifier);

}  // namespace bolus::detail
