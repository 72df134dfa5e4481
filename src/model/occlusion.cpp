#include <bolus/model/occlusion.hpp>

#include <algorithm>
#include <cmath>

#include "hidden_steps.hpp"

namespace bolus {
namespace detail {

void hide_steps(const SampleArray& samples, std::size_t from, const std::vector<char>& hidden, OcclusionFill fill,
                double baseline, SampleArray& target, std::size_t to) {
  const std::size_t used = samples.length(from);
  for (std::size_t c = 0; c < samples.channels; ++c) {
    std::size_t before = used;  // the last step kept so far; `used`: none
    for (std::size_t t = 0; t < used; ++t) {
      if (!hidden[t]) {
        target(to, c, t) = samples(from, c, t);
        before = t;
        continue;
      }
      target(to, c, t) = static_cast<float>(baseline);
      if (fill == OcclusionFill::baseline) continue;
      std::size_t after = t;
      while (after < used && hidden[after]) ++after;
      if (before == used && after == used) continue;
      if (before == used || after == used) {
        target(to, c, t) = samples(from, c, before == used ? after : before);
        continue;
      }
      const float share = static_cast<float>(t - before) / static_cast<float>(after - before);
      target(to, c, t) = std::lerp(samples(from, c, before), samples(from, c, after), share);
    }
    for (std::size_t t = used; t < samples.steps; ++t) target(to, c, t) = 0.0F;
  }
}

void predict_variants(const AttentionLSTM& network, const SampleArray& samples, const PredictOptions& options,
                      const std::function<std::size_t(std::size_t)>& variants,
                      const std::function<void(std::size_t, std::size_t, SampleArray&, std::size_t)>& write,
                      const std::function<void(std::size_t, const Eigen::VectorXd&)>& read, const Progress& progress,
                      std::string_view stage) {
  constexpr std::size_t most = 8192;  // copies held at a time, unless one sample has more
  for (std::size_t first = 0; first < samples.samples;) {
    std::size_t last = first, copies = 0;
    while (last < samples.samples && (last == first || copies + variants(last) <= most)) copies += variants(last++);
    SampleArray changed(copies, samples.channels, samples.steps);
    for (std::size_t i = first, place = 0; i < last; ++i) {
      for (std::size_t v = 0; v < variants(i); ++v, ++place) {
        write(i, v, changed, place);
        if (!samples.lengths.empty()) changed.lengths.push_back(samples.lengths[i]);
      }
    }
    report(progress, stage, first, samples.samples);
    const auto listen =
        progress ? Progress([&](const ProgressEvent&) { return progress(ProgressEvent{stage, first, samples.samples}); })
                 : Progress{};
    const auto logit = network.predict(changed, options, listen).logit;
    Eigen::Index place = 0;
    for (std::size_t i = first; i < last; ++i) {
      const auto count = static_cast<Eigen::Index>(variants(i));
      read(i, logit.segment(place, count));
      place += count;
    }
    first = last;
  }
  report(progress, stage, samples.samples, samples.samples);
}

}  // namespace detail

Attribution Occlusion::operator()(const AttentionLSTM& network, const SampleArray& samples, const Progress& progress) const {
  samples.validate();
  detail::require<OptionError>(window > 0, "window is 0; expected at least one step to hide");
  detail::require<OptionError>(std::isfinite(baseline), "baseline is ", baseline, "; expected a finite value");
  for (std::size_t i = 0; i < samples.samples; ++i) {
    detail::require<OptionError>(window < samples.length(i), "window is ", window, ", but sample ", i, " has ",
                                 samples.length(i), " steps; expected fewer hidden steps than that");
  }
  Attribution result;
  result.method = "occlusion";
  const PredictOptions options{.batch_size = batch_size, .threads = threads, .engine = engine, .device = device};
  result.logit = network.predict(samples, options).logit;
  result.steps = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(samples.samples), static_cast<Eigen::Index>(samples.steps));
  std::vector<char> hidden(samples.steps);
  detail::predict_variants(
      network, samples, options, [&](std::size_t i) { return samples.length(i) - window + 1; },
      [&](std::size_t i, std::size_t start, SampleArray& target, std::size_t place) {
        std::fill(hidden.begin(), hidden.end(), char{0});
        std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(start), window, char{1});
        detail::hide_steps(samples, i, hidden, fill, baseline, target, place);
      },
      [&](std::size_t i, const Eigen::VectorXd& logit) {
        const auto row = static_cast<Eigen::Index>(i), width = static_cast<Eigen::Index>(window);
        for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(samples.length(i)); ++t) {
          const auto first = std::max<Eigen::Index>(0, t - width + 1), last = std::min<Eigen::Index>(t, logit.size() - 1);
          result.steps(row, t) = result.logit[row] - logit.segment(first, last - first + 1).mean();
        }
      },
      progress, "occlusion");
  return result;
}

}  // namespace bolus
