#include <bolus/pipeline/probability_map.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <bolus/core/parallel.hpp>
#include <bolus/model/checkpoint.hpp>

#include "input_hash.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

/// A voxel to map: where it lies, and what label it has.
struct Place {
  std::size_t voxel;
  std::uint8_t label;
};

/// Whether the voxel's own curve takes the channel.
bool takes(const std::string& channel, VoxelChannels channels, std::uint8_t label) {
  if (channels == VoxelChannels::tissue) return channel != "AIF";
  for (const auto region : {Region::enhancing, Region::non_enhancing, Region::oedema}) {
    if (channel == region_name(region)) return LabelMap::belongs(label, region);
  }
  return false;
}

bool same_times(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return a.size() == b.size() && (a - b).cwiseAbs().maxCoeff() <= 1e-3;
}

}  // namespace

VoxelProbability ProbabilityMap::operator()(const PerfusionSeries& series, const LabelMap& labels, const CurveSet& signals,
                                            const AttentionLSTM& network, const Progress& progress) const {
  network.validate();
  require<OptionError>(block > 0, "block is 0; expected a positive number of voxels");
  require_same_space(labels.geometry(), series.geometry(), "the label map", "the series");
  require<DataError>(same_times(signals.times, series.times()), "the curves have ", signals.times.size(),
                     " samples and the series ", series.frames(),
                     " volumes, or other times; take the curves from the same series");
  require<DataError>(
      !network.channel_names.empty(),
      "the network does not name its channels, so it is not known which one a voxel's curve takes; set channel_names");
  VoxelProbability result;
  const auto patient = make_windows.for_network(signals, network, "", std::nullopt, result.flags);
  std::vector<Place> places;
  for (std::size_t v = 0; v < series.voxel_count(); ++v) {
    const auto label = labels.image().data()[v];
    if (LabelMap::belongs(label, region)) places.push_back({v, label});
  }
  require<DataError>(!places.empty(), "the label map holds no voxel of ", region_name(region), ", so there is nothing to map");
  if (channels == VoxelChannels::region) {
    const auto& names = network.channel_names;
    const bool any =
        std::any_of(names.begin(), names.end(), [](const auto& name) { return name == "ET" || name == "NET" || name == "ED"; });
    require<DataError>(any, "the network has none of the channels ET, NET, ED, so no channel would be the voxel's own");
  }

  const float missing = std::numeric_limits<float>::quiet_NaN();
  result.probability = Image<float>(series.geometry());
  result.standard_deviation = Image<float>(series.geometry());
  std::fill_n(result.probability.data(), result.probability.size(), missing);
  std::fill_n(result.standard_deviation.data(), result.standard_deviation.size(), missing);

  const auto windows = patient.curves.samples, steps = patient.curves.steps, channel_count = patient.curves.channels;
  const auto frames = series.frames();
  auto cut = make_windows.windows;
  cut.length = steps;
  const auto starts = cut.starts_for(frames);
  double sum = 0.0;
  for (std::size_t begin = 0; begin < places.size(); begin += block) {
    report(progress, "probability map", begin, places.size());
    const auto count = std::min(block, places.size() - begin);
    SampleArray samples(count * windows, channel_count, steps);
    std::vector<char> usable(count, 0);
    parallel_for(count, 64, predict.threads, [&](std::size_t first, std::size_t last) {
      CurveSet curve{{"voxel"}, series.times(),        Eigen::MatrixXd(static_cast<Eigen::Index>(frames), 1),
                     {},        CurveQuantity::signal, {},
                     false};
      for (std::size_t i = first; i < last; ++i) {
        const auto& place = places[begin + i];
        bool finite = true;
        for (std::size_t t = 0; t < frames; ++t) {
          const double value = series.frame(t)[place.voxel];
          finite = finite && std::isfinite(value);
          curve.values(static_cast<Eigen::Index>(t), 0) = value;
        }
        Eigen::VectorXd own = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(frames));
        if (finite) {
          try {
            own = make_windows.normalisation(curve).values.col(0);
            usable[i] = own.cwiseAbs().maxCoeff() > 0.0 ? 1 : 0;
          } catch (const DataError&) {  // no noise before the bolus to normalise by
            usable[i] = 0;
          }
        }
        for (std::size_t w = 0; w < windows; ++w) {
          for (std::size_t c = 0; c < channel_count; ++c) {
            const bool replaced = takes(network.channel_names[c], channels, place.label);
            for (std::size_t t = 0; t < steps; ++t) {
              samples(i * windows + w, c, t) =
                  replaced ? static_cast<float>(own[static_cast<Eigen::Index>(starts[w] + t)]) : patient.curves(w, c, t);
            }
          }
        }
      }
    });
    const auto prediction = network.predict(samples, predict, [&](const ProgressEvent& event) {
      if (!progress) return true;
      const auto part = event.total == 0 ? 0 : count * std::min(event.done, event.total) / event.total;
      return progress(ProgressEvent{"probability map", begin + part, places.size()});
    });
    for (std::size_t i = 0; i < count; ++i) {
      if (!usable[i]) {
        ++result.excluded_count;
        continue;
      }
      const std::span<const double> probability{prediction.probability.data() + i * windows, windows};
      const std::span<const double> logit{prediction.logit.data() + i * windows, windows};
      const double value = aggregate(probability, logit, predict.aggregation);
      const double mean = aggregate(probability, logit, Aggregation::mean);
      double squares = 0.0;
      for (const double p : probability) squares += (p - mean) * (p - mean);
      const auto voxel = places[begin + i].voxel;
      result.probability.data()[voxel] = static_cast<float>(value);
      result.standard_deviation.data()[voxel] = static_cast<float>(std::sqrt(squares / static_cast<double>(windows)));
      sum += value;
      ++result.voxel_count;
    }
    if (begin == 0) result.flags.insert(result.flags.end(), prediction.flags.begin(), prediction.flags.end());
  }
  report(progress, "probability map", places.size(), places.size());
  require<DataError>(result.voxel_count > 0, "none of the ", places.size(),
                     " voxels has a curve that is finite and not constant");
  result.mean = sum / static_cast<double>(result.voxel_count);
  if (result.excluded_count > 0) {
    result.flags.push_back(
        {"pipeline.voxel.excluded", message(result.excluded_count, " of ", places.size(),
                                            " voxels have a curve that is constant or not finite and are NaN")});
  }
  result.flags.push_back(
      {"pipeline.voxel.noisy",
       "the network was trained on mean curves of regions: a voxel's curve has more noise than those, so the "
       "map shows where curves differ, and its probabilities are not those of the patient"});
  if (network.simulated) {
    result.flags.push_back({"model.simulated",
                            "the network was trained on simulated patients: the probability is no evidence "
                            "about a real one"});
  }
  const auto bytes = encode_checkpoint(network);
  result.provenance.step = "probability_map";
  result.provenance.inputs = {{"dsc", detail::input_hash(series)},
                              {"labels", detail::input_hash(labels.image())},
                              {"weights", content_hash(bytes.data(), bytes.size())}};
  constexpr const char* names[] = {"mean", "median", "maximum", "logit_mean"};
  result.provenance.options = {{"channels", channels == VoxelChannels::tissue ? "tissue" : "region"},
                               {"aggregation", names[static_cast<std::size_t>(predict.aggregation)]},
                               {"region", std::string(region_name(region))},
                               {"windows.count", std::to_string(windows)},
                               {"windows.length", std::to_string(steps)}};
  result.provenance.simulated = network.simulated || signals.simulated || series.protocol().simulated;
  result.provenance.flags = result.flags;
  return result;
}

}  // namespace bolus
