#pragma once
#include <bolus/model/occlusion.hpp>
#include <functional>
#include <vector>

namespace bolus::detail {

/// Copies sample `from` of `samples` to place `to` of `target`, all channels, with the steps where `hidden` is not 0 replaced.
void hide_steps(const SampleArray& samples, std::size_t from, const std::vector<char>& hidden, OcclusionFill fill,
                double baseline, SampleArray& target, std::size_t to);

/// Where `variants(i)` changed copies of each sample i go through the network: `write(i, v, target, place)` makes copy v of
/// sample i, `read(i, logits)` gets the logits of its copies. Samples are taken in blocks, in order, so that memory stays
/// small.
void predict_variants(const AttentionLSTM& network, const SampleArray& samples, const PredictOptions& options,
                      const std::function<std::size_t(std::size_t)>& variants,
                      const std::function<void(std::size_t, std::size_t, SampleArray&, std::size_t)>& write,
                      const std::function<void(std::size_t, const Eigen::VectorXd&)>& read, const Progress& progress,
                      std::string_view stage);

}  // namespace bolus::detail
