#pragma once
#include <algorithm>
#include <array>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/bootstrap_draws.hpp>
#include <bolus/evaluate/detail/weighted_auc.hpp>
#include <bolus/evaluate/patients.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace bolus::detail {

/// What a bootstrap draws: units (samples, or patients) in one or two strata that lie one after the other.
struct BootstrapUnits {
  std::vector<std::uint32_t> of_sample;  ///< unit of each sample
  std::vector<std::size_t> strata;       ///< units in each stratum
  std::size_t count = 0;

  BootstrapUnits(std::span<const int> labels, const Patients& patients, bool stratified) {
    require_both_classes(labels);
    of_sample = patients.codes();
    std::vector<int> classes(labels.begin(), labels.end());
    if (patients.empty()) {
      of_sample.resize(labels.size());
      std::iota(of_sample.begin(), of_sample.end(), 0u);
    } else if (stratified) {
      classes = class_of_patients(patients, labels);
    } else {
      require<ShapeError>(patients.samples() == labels.size(), "there are ", labels.size(), " labels and ", patients.samples(),
                          " patients; expected one patient for each label");
    }
    count = patients.empty() ? labels.size() : patients.count();
    strata = {count};
    std::vector<std::size_t> largest(count);
    for (const auto unit : of_sample) ++largest[unit];
    require<DataError>(*std::max_element(largest.begin(), largest.end()) * count < (std::size_t{1} << 31),
                       "there are too many samples to bootstrap: the number of patients times the samples of the largest must "
                       "stay below 2^31");
    if (!stratified) return;
    strata[0] = static_cast<std::size_t>(std::count(classes.begin(), classes.end(), 0));
    strata.push_back(count - strata[0]);
    std::array<std::uint32_t, 2> next{0, static_cast<std::uint32_t>(strata[0])};
    std::vector<std::uint32_t> place(count);
    for (std::size_t unit = 0; unit < count; ++unit) place[unit] = next[static_cast<std::size_t>(classes[unit])]++;
    for (auto& unit : of_sample) unit = place[unit];
  }

  /// How often a replicate draws each unit.
  void draw(std::uint64_t seed, std::uint64_t replicate, std::vector<std::uint32_t>& counts) const {
    counts.assign(count, 0);
    std::uint32_t* stratum_counts = counts.data();
    for (std::uint32_t stratum = 0; stratum < strata.size(); ++stratum) {
      BootstrapDraws{seed, replicate, stratum}(strata[stratum], [=](std::size_t unit) { ++stratum_counts[unit]; });
      stratum_counts += strata[stratum];
    }
  }

  /// The area of a replicate whose strata are the classes and whose units are samples: what draw() and `area` give, but the
  /// larger class is summed as it is drawn, without counts.
  std::optional<double> area_of_singles(std::uint64_t seed, std::uint64_t replicate, const WeightedAuc& area,
                                        std::vector<std::uint32_t>& counts, std::vector<std::uint32_t>& room) const {
    const auto smaller = static_cast<std::uint32_t>(area.smaller_class()), larger = 1 - smaller;
    counts.assign(count, 0);
    std::uint32_t* smaller_counts = counts.data() + (smaller == 0 ? 0 : strata[0]);
    BootstrapDraws{seed, replicate, smaller}(strata[smaller], [=](std::size_t unit) { ++smaller_counts[unit]; });
    const std::uint32_t *table = area.fill(counts.data(), room.data()), *slots = area.larger_slots().data();
    std::uint64_t doubled = 0;
    BootstrapDraws{seed, replicate, larger}(strata[larger], [=, &doubled](std::size_t unit) { doubled += table[slots[unit]]; });
    return area.area_from_larger(doubled, strata[smaller], strata[larger]);
  }
};

}  // namespace bolus::detail
