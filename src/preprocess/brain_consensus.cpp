#include <bolus/preprocess/brain_consensus.hpp>

#include <algorithm>

#include <bolus/core/detail/mask_components.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/preprocess/brain_extractor.hpp>

#include "grid_filter.hpp"

namespace bolus {

BrainExtractionResult BrainConsensus::operator()(const std::vector<Mask>& masks, const Progress& progress) const {
  using detail::message;
  using detail::require;
  require<OptionError>(min_agreement >= 0.0 && min_agreement <= 1.0, "min_agreement is ", min_agreement, "; expected 0 to 1");
  require<DataError>(!masks.empty(), "there is no mask to find a consensus of");
  for (const auto& mask : masks) require_brain_mask(mask, masks.front().geometry());
  report(progress, "finding the consensus of brain masks", 0, masks.size() + 1);
  std::vector<std::vector<float>> distances;
  for (const auto& mask : masks) {
    distances.push_back(preprocess::signed_distance(mask, 100.0, threads));
    report(progress, "finding the consensus of brain masks", distances.size(), masks.size() + 1);
  }
  BrainExtractionResult result{Mask(masks.front().geometry()), {}, {}};
  const std::size_t upper = masks.size() / 2, lower = (masks.size() - 1) / 2;
  parallel_for(result.mask.size(), 65536, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> here(masks.size());
    for (std::size_t v = begin; v < end; ++v) {
      for (std::size_t k = 0; k < masks.size(); ++k) here[k] = distances[k][v];
      std::sort(here.begin(), here.end());
      result.mask.data()[v] = here[lower] + here[upper] > 0.0F ? 1 : 0;
    }
  });
  result.mask = detail::largest_component(result.mask);
  result.quality = BrainMaskCheck{.threads = threads}(result.mask);
  result.flags = result.quality.flags;
  for (std::size_t k = 0; k < masks.size(); ++k) {
    double both = 0.0, sum = 0.0;
    for (std::size_t v = 0; v < result.mask.size(); ++v) {
      const bool one = masks[k].data()[v] != 0, two = result.mask.data()[v] != 0;
      both += one && two;
      sum += one + two;
    }
    const double agreement = sum > 0.0 ? 2.0 * both / sum : 0.0;
    if (agreement < min_agreement) {
      result.flags.push_back({"preprocess.brain.disagreement",
                              message("mask ", k + 1, " of ", masks.size(), " agrees with the consensus by a Dice of ",
                                      agreement, " only; expected ", min_agreement, " or more: look at it")});
    }
  }
  report(progress, "finding the consensus of brain masks", masks.size() + 1, masks.size() + 1);
  return result;
}

}  // namespace bolus
