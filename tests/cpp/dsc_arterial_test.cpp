#include <bolus/core/random.hpp>
#include <bolus/dsc/arterial_search.hpp>
#include <bolus/dsc/gamma_variate_fit.hpp>
#include <bolus/dsc/population_input.hpp>
#include <bolus/dsc/venous_rescaling.hpp>
#include <bolus/simulate/phantom.hpp>
#include <limits>

#include "catch.hpp"

using namespace bolus;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

bool has_flag(const QcFlags& flags, const std::string& code) {
  for (const auto& flag : flags) {
    if (flag.code == code) return true;
  }
  return false;
}

Geometry grid(std::int64_t x, std::int64_t y, std::int64_t z, double sx = 2.0, double sz = 5.0) {
  Geometry geometry;
  geometry.size = {x, y, z};
  geometry.spacing = {sx, sx, sz};
  return geometry;
}

/// What a small made brain is made of. Curves are -ln(S / S0): gamma variates of a given peak, arrival and width.
struct SmallBrain {
  std::int64_t size = 20;
  Eigen::Index frames = 60;
  double step = 1.5, arrival = 20.0, noise = 0.02;
  double artery = 1.2, vein = 0.9, tissue = 0.2;  ///< peaks
  bool with_artery = true;
  std::optional<double> echo_time = 0.03;

  GammaVariate curve(double peak, double delay, double beta) const {
    return {.arrival = arrival + delay, .peak = peak, .alpha = 3.0, .beta = beta, .recirculation = 0.15, .equilibrium = 0.05};
  }
  static bool is_artery(std::int64_t x, std::int64_t y, std::int64_t z) { return x == 10 && y >= 4 && y < 10 && z < 2; }
  static bool is_vein(std::int64_t x, std::int64_t y, std::int64_t z) { return x == 5 && y >= 4 && y < 16 && z >= 2; }

  /// A block of `size` x `size` x 4 voxels.
  PerfusionSeries operator()() const {
    PerfusionProtocol protocol;
    protocol.echo_time = echo_time;
    PerfusionSeries series(grid(size, size, 4), Eigen::VectorXd::LinSpaced(frames, 0.0, step * static_cast<double>(frames - 1)),
                           protocol);
    const Eigen::VectorXd arterial = curve(artery, 0.0, 1.2)(series.times()), venous = curve(vein, 4.0, 2.2)(series.times());
    const Eigen::VectorXd slow = curve(tissue, 0.7, 2.4)(series.times());
    for (Eigen::Index t = 0; t < frames; ++t) {
      const RandomStream random(7, static_cast<std::uint64_t>(t));
      auto frame = series.frame(static_cast<std::size_t>(t));
      for (std::size_t v = 0; v < frame.size(); ++v) {
        const auto at = static_cast<std::int64_t>(v), x = at % size, y = at / size % size, z = at / (size * size);
        double depth = slow[t] * (1.0 + 0.5 * std::sin(0.7 * static_cast<double>(v)));
        if (with_artery && is_artery(x, y, z)) depth = arterial[t];
        if (is_vein(x, y, z)) depth = venous[t];
        frame[v] = static_cast<float>(1000.0 * (std::exp(-depth) + noise * random.normal(v)));
      }
    }
    return series;
  }
};

/// A head, its series with noise and without, and what a perfect choice of `count` voxels would have shown.
struct RandomHead {
  PhantomStudy study, clean;
  double noise = 0.0;  ///< standard deviation, signal units

  RandomHead(const HeadStudy& head, std::uint64_t seed) {
    const RandomStream random(seed, 99);
    std::uint64_t draw = 0;
    const auto between = [&](double low, double high) { return low + (high - low) * random.uniform(draw++); };
    PerfusionPhantom phantom;
    phantom.seed = seed;
    phantom.field_strength = between(0.0, 1.0) < 0.5 ? 1.5 : 3.0;
    phantom.sequence.relaxivity = Relaxivity::at_field(phantom.field_strength);
    phantom.sequence.echo_time = phantom.field_strength < 2.0 ? between(0.03, 0.05) : between(0.02, 0.04);
    phantom.sequence.repetition_time = between(1.2, 2.5);
    phantom.sequence.flip_angle = between(30.0, 90.0);
    phantom.volumes = static_cast<std::size_t>(75.0 / phantom.sequence.repetition_time) + 5;
    phantom.signal_to_noise = between(30.0, 90.0);
    auto& arterial = phantom.arterial_input;
    arterial.arrival = between(12.0, 25.0);
    arterial.alpha = between(2.2, 4.2);
    arterial.beta = between(1.2, 1.9);
    arterial.peak = 1.0;
    arterial.peak = between(32.0, 52.0) / arterial.first_pass_integral();
    const auto geometry = HeadPhantom::centred_grid({64, 76, 16}, {2.4, 2.4, 6.5});
    study = phantom(head, geometry);
    noise = study.truth.values(0, study.truth.channel("white_matter")) / phantom.signal_to_noise;
    phantom.signal_to_noise = std::numeric_limits<double>::infinity();
    clean = phantom(head, geometry);
  }

  /// Peak dR2* of the mean noise-free signal of the `count` arterial voxels that fall the deepest, of those that do not come
  /// within three standard deviations of the noise, or a tenth of S0, in the series with noise.
  double best_peak(std::size_t count) const {
    std::vector<std::pair<float, std::size_t>> order;
    for (std::size_t v = 0; v < clean.brain.size(); ++v) {
      if (!clean.brain.data()[v] || !clean.arterial.data()[v]) continue;
      float smallest = std::numeric_limits<float>::infinity(), noisy = smallest;
      for (std::size_t t = 0; t < clean.series.frames(); ++t) {
        smallest = std::min(smallest, clean.series.frame(t)[v]);
        noisy = std::min(noisy, study.series.frame(t)[v]);
      }
      const float s0 = clean.series.frame(1)[v];
      if (noisy > std::max(0.1F * s0, 3.0F * static_cast<float>(noise))) order.emplace_back(smallest / s0, v);
    }
    std::sort(order.begin(), order.end());
    Mask best(clean.series.geometry());
    for (std::size_t i = 0; i < std::min(count, order.size()); ++i) best.data()[order[i].second] = 1;
    return ArterialInput{}(clean.series, best).delta_r2s.maxCoeff();
  }
};

HeadStudy small_head(std::uint64_t seed) {
  HeadPhantom phantom;
  phantom.seed = seed;
  phantom.size = {48, 58, 48};
  phantom.spacing = Eigen::Vector3d::Constant(4.0);
  return phantom();
}

}  // namespace

TEST_CASE("the features of an arterial curve are those of a triangle where it is one", "[dsc]") {
  Eigen::VectorXd times(9), curve(9);
  times << 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 9.0;  // uneven
  curve << 0.0, 0.0, 0.0, 2.0, 4.0, 2.0, 1.0, 0.0, 0.0;  // rises in 2 s, falls in 4 s
  const auto found = detail::arterial_features(curve, times);
  REQUIRE(found.height == 4.0);
  REQUIRE(found.peak_time == 4.0);
  REQUIRE(found.area == Approx(12.0));
  REQUIRE(found.width == Approx(3.0));                              // from 3 to 6 s
  REQUIRE(found.arrival == Approx(2.4));                            // a fifth of the way up
  REQUIRE(found.first_moment == Approx(14.0 / 3.0).epsilon(0.02));  // (2 + 4 + 8) / 3 for the triangle
  const auto shifted = detail::arterial_features(3.0 * curve, times.array() + 5.0);
  REQUIRE(shifted.first_moment == Approx(found.first_moment + 5.0));
  REQUIRE(shifted.irregularity == Approx(found.irregularity));
  const auto stretched = detail::arterial_features(curve, 2.5 * times);  // a wider curve is not a smoother one
  REQUIRE(stretched.irregularity == Approx(found.irregularity));
  REQUIRE(detail::arterial_features(Eigen::VectorXd::Zero(9), times).area == 0.0);
}

TEST_CASE("the earliest cluster is found whatever the order of the curves", "[dsc]") {
  const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(20, 0.0, 19.0);
  Eigen::MatrixXd curves(20, 60);
  std::vector<double> moments;
  const RandomStream random(3, 0);
  for (Eigen::Index i = 0; i < 60; ++i) {
    const double middle =
        (i % 6 == 0 ? 5.0 : 8.0 + static_cast<double>(i % 4)) + 0.1 * random.normal(static_cast<std::uint64_t>(i));
    curves.col(i) = (-0.5 * (times.array() - middle).square() / 4.0).exp();
    curves.col(i) /= curves.col(i).sum();
    moments.push_back(curves.col(i).dot(times));
  }
  std::vector<std::size_t> expected;
  for (std::size_t i = 0; i < 60; i += 6) expected.push_back(i);
  REQUIRE(detail::earliest_cluster(curves, moments, 5) == expected);
  const auto order = random.permutation(60, 1000);
  Eigen::MatrixXd mixed(20, 60);
  std::vector<double> mixed_moments;
  for (std::size_t i = 0; i < 60; ++i) {
    mixed.col(static_cast<Eigen::Index>(i)) = curves.col(static_cast<Eigen::Index>(order[i]));
    mixed_moments.push_back(moments[order[i]]);
  }
  std::vector<std::size_t> back;
  for (const auto i : detail::earliest_cluster(mixed, mixed_moments, 5)) back.push_back(order[i]);
  std::sort(back.begin(), back.end());
  REQUIRE(back == expected);
  REQUIRE(detail::earliest_cluster(curves.leftCols(1), {moments[0]}, 5) == std::vector<std::size_t>{0});
}

TEST_CASE("Ward's tree joins in the order of an exhaustive search", "[dsc]") {
  const RandomStream random(11, 0);
  const Eigen::Index count = 40;
  Eigen::MatrixXd points(3, count);
  for (Eigen::Index i = 0; i < points.size(); ++i) points.data()[i] = random.normal(static_cast<std::uint64_t>(i));
  const auto tree = detail::ward_tree(points);
  REQUIRE(tree.nodes.size() == 2 * static_cast<std::size_t>(count) - 1);
  // The textbook way: of all pairs of clusters the one that raises the sum of squares least is joined.
  std::vector<std::vector<std::size_t>> clusters;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) clusters.push_back({i});
  const auto mean = [&](const std::vector<std::size_t>& members) {
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    for (const auto i : members) sum += points.col(static_cast<Eigen::Index>(i));
    return Eigen::Vector3d(sum / static_cast<double>(members.size()));
  };
  std::vector<double> costs;
  while (clusters.size() > 2) {
    double least = std::numeric_limits<double>::infinity();
    std::size_t a = 0, b = 1;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (std::size_t j = i + 1; j < clusters.size(); ++j) {
        const auto n = static_cast<double>(clusters[i].size()), m = static_cast<double>(clusters[j].size());
        const double cost = n * m / (n + m) * (mean(clusters[i]) - mean(clusters[j])).squaredNorm();
        if (cost < least) {
          least = cost;
          a = i;
          b = j;
        }
      }
    }
    costs.push_back(least);
    clusters[a].insert(clusters[a].end(), clusters[b].begin(), clusters[b].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(b));
  }
  const auto& root = tree.nodes.back();
  auto left = tree.members(root.left);
  std::sort(left.begin(), left.end());
  for (auto& cluster : clusters) std::sort(cluster.begin(), cluster.end());
  REQUIRE((left == clusters[0] || left == clusters[1]));
  std::vector<double> found;
  for (std::size_t k = static_cast<std::size_t>(count); k + 1 < tree.nodes.size(); ++k) found.push_back(tree.nodes[k].cost);
  std::sort(found.begin(), found.end());
  for (std::size_t k = 0; k < costs.size(); ++k) REQUIRE(found[k] == Approx(costs[k]));
}

TEST_CASE("in random heads the chosen voxels are arterial and their peak is the true one", "[dsc]") {
  int phantoms = 0, peaks = 0, peruzzo = 0;
  for (std::uint64_t anatomy = 0; anatomy < 3; ++anatomy) {
    const auto head = small_head(anatomy);
    for (std::uint64_t protocol = 0; protocol < 3; ++protocol) {
      const RandomHead one(head, 3 * anatomy + protocol);
      for (const auto method : {ArterialMethod::mouridsen, ArterialMethod::peruzzo}) {
        const auto found = ArterialSearch{.method = method}(one.study.series, one.study.brain, one.study.labels);
        INFO("head " << anatomy << " protocol " << protocol << " method " << static_cast<int>(method) << " quality "
                     << found.quality << " voxels " << found.voxels.size());
        double arterial = 0.0;
        for (const auto& [x, y, z] : found.voxels) {
          REQUIRE(found.mask(x, y, z) == 1);
          REQUIRE(one.study.labels.image()(x, y, z) == 0);
          arterial += one.study.arterial(x, y, z) != 0;
        }
        const bool pure = arterial >= 0.9 * static_cast<double>(found.voxels.size());
        if (method == ArterialMethod::peruzzo) {  // the alternative is not always right
          peruzzo += pure;
          continue;
        }
        REQUIRE(pure);
        REQUIRE(found.curve.delta_r2s.maxCoeff() == Approx(one.best_peak(found.voxels.size())).epsilon(0.25));
        peaks += std::abs(found.curve.delta_r2s.maxCoeff() / one.best_peak(found.voxels.size()) - 1.0) <= 0.10;
        REQUIRE(found.quality > 0.5);
        REQUIRE(found.curve.voxel_count == found.voxels.size());
        ++phantoms;
      }
      if (protocol > 0) continue;
      // The same brain without its arteries: something is found, and not believed.
      Mask rest = one.study.brain;
      for (std::size_t v = 0; v < rest.size(); ++v) rest.data()[v] = rest.data()[v] && one.study.artery_share.data()[v] < 0.02F;
      const auto none = ArterialSearch{}(one.study.series, rest, one.study.labels);
      REQUIRE(none.quality < 0.5);
    }
  }
  INFO("peaks within 10 %: " << peaks << " of " << phantoms << ", peruzzo right: " << peruzzo);
  REQUIRE(peaks >= phantoms - 1);
  REQUIRE(peruzzo >= phantoms - 2);
}

TEST_CASE("the arterial search gives the same bits on any number of threads", "[dsc]") {
  const auto series = SmallBrain{}();
  const Mask brain(series.geometry(), 1);
  for (const auto method : {ArterialMethod::mouridsen, ArterialMethod::peruzzo}) {
    const auto one = ArterialSearch{.method = method, .threads = 1}(series, brain);
    for (const int threads : {2, 4}) {
      const auto other = ArterialSearch{.method = method, .threads = threads}(series, brain);
      REQUIRE(other.voxels == one.voxels);
      REQUIRE(other.candidates == one.candidates);
      REQUIRE(other.curve.signal == one.curve.signal);
      REQUIRE(other.curve.delta_r2s == one.curve.delta_r2s);
      REQUIRE(other.quality == one.quality);
    }
  }
}

TEST_CASE("the arterial search finds the artery of a small brain and not its vein", "[dsc]") {
  const auto series = SmallBrain{}();
  const Mask brain(series.geometry(), 1);
  for (const auto method : {ArterialMethod::mouridsen, ArterialMethod::peruzzo}) {
    const auto found = ArterialSearch{.method = method}(series, brain);
    REQUIRE(found.voxels.size() == 12);
    for (const auto& [x, y, z] : found.voxels) REQUIRE(SmallBrain::is_artery(x, y, z));
    REQUIRE(found.quality > 0.8);
    REQUIRE(found.curve.delta_r2s.maxCoeff() * 0.03 ==
            Approx(SmallBrain{}.curve(1.2, 0.0, 1.2)(series.times()).maxCoeff()).epsilon(0.03));
    REQUIRE(found.brain.found);
    REQUIRE(found.searched_count == 1600);
    REQUIRE(found.tumour_count == 0);
    REQUIRE((ArterialSearch{.method = method, .voxels = 4}(series, brain).voxels.size()) == 4);
    REQUIRE((ArterialSearch{.method = method, .voxels = 1}(series, brain).voxels.size()) == 1);
  }
  const auto blind = ArterialSearch{}(SmallBrain{.with_artery = false}(), brain);
  REQUIRE(blind.quality < 0.3);
  REQUIRE(has_flag(blind.flags, "dsc.aif.low_quality"));
}

TEST_CASE("a tumour is left out with its margin in millimetres, not in voxels", "[dsc]") {
  const auto series = SmallBrain{}();
  const Mask brain(series.geometry(), 1);
  Image<std::uint8_t> labels(series.geometry());
  labels(10, 6, 3) = LabelValue::enhancing;  // 10 mm above the artery's slice 1, 15 mm above slice 0
  const auto near = ArterialSearch{.tumour_margin = 12.0}(series, brain, LabelMap(labels));
  REQUIRE(near.tumour_count + near.searched_count == 1600);
  for (const auto& [x, y, z] : near.voxels) {
    const double distance =
        std::hypot(2.0 * static_cast<double>(x - 10), 2.0 * static_cast<double>(y - 6), 5.0 * static_cast<double>(z - 3));
    REQUIRE(distance > 12.0);
    REQUIRE(SmallBrain::is_artery(x, y, z));
  }
  REQUIRE(near.voxels.size() < 12);
  REQUIRE((ArterialSearch{.tumour_margin = 9.0}(series, brain, LabelMap(labels)).voxels.size()) == 12);
  // No tumour in the label map: nothing is left out.
  REQUIRE(ArterialSearch{}(series, brain, LabelMap(Image<std::uint8_t>(series.geometry()))).voxels.size() == 12);
  REQUIRE_THROWS_AS(ArterialSearch{}(series, brain, std::optional<Mask>(brain)), DataError);  // covers all
  Mask elsewhere(grid(3, 3, 3), 1);
  REQUIRE_THROWS_AS(ArterialSearch{}(series, elsewhere), GeometryError);
  REQUIRE_THROWS_AS(ArterialSearch{}(series, brain, std::optional<Mask>(elsewhere)), GeometryError);
}

TEST_CASE("the arterial search does without TE and has then no dR2*", "[dsc]") {
  const Mask brain(grid(20, 20, 4), 1);
  const auto with = ArterialSearch{}(SmallBrain{}(), brain);
  for (const auto te : {std::optional<double>{}, std::optional<double>{0.0}}) {
    const auto without = ArterialSearch{}(SmallBrain{.echo_time = te}(), brain);
    REQUIRE(without.voxels == with.voxels);
    REQUIRE(without.curve.signal == with.curve.signal);
    REQUIRE(without.curve.delta_r2s.size() == 0);
    REQUIRE_FALSE(without.curve.echo_time.has_value());
  }
  const auto given = ArterialSearch{.echo_time = 0.06}(SmallBrain{.echo_time = std::nullopt}(), brain);
  REQUIRE((2.0 * given.curve.delta_r2s - with.curve.delta_r2s).cwiseAbs().maxCoeff() < 1e-9);
  REQUIRE_THROWS_AS((ArterialSearch{.echo_time = 30.0}(SmallBrain{}(), brain)), DataError);
}

TEST_CASE("bad voxels are left out of the arterial search and counted", "[dsc]") {
  auto series = SmallBrain{}();
  const Mask brain(series.geometry(), 1);
  const std::size_t slice = 400;
  for (std::size_t t = 0; t < series.frames(); ++t) {
    for (std::size_t v = 3 * slice; v < 4 * slice; ++v) series.frame(t)[v] = 0.0F;  // an all-zero slice
  }
  series.frame(5)[10 + 20 * 4] = static_cast<float>(nan_value);  // in the artery
  series.frame(30)[10 + 20 * 5] = -3.0F;                         // too
  series.frame(7)[0] = std::numeric_limits<float>::infinity();
  const auto found = ArterialSearch{}(series, brain);
  REQUIRE(found.voxels.size() >= 5);
  REQUIRE(found.voxels.size() <= 10);
  REQUIRE(found.invalid_count == slice + 3);
  REQUIRE(has_flag(found.flags, "dsc.aif.voxels_invalid"));
  REQUIRE(found.curve.signal.allFinite());
  for (const auto& [x, y, z] : found.voxels) REQUIRE(SmallBrain::is_artery(x, y, z));

  for (auto& value : series.frame(20)) value = static_cast<float>(nan_value);
  REQUIRE_THROWS_AS(ArterialSearch{}(series, brain), DataError);
  REQUIRE_THROWS_AS((ArterialSearch{.signal_to_noise = 1e5}(SmallBrain{}(), brain)), DataError);
}

TEST_CASE("saturated arterial voxels are noticed", "[dsc]") {
  const Mask brain(grid(20, 20, 4), 1);
  auto series = SmallBrain{.artery = 1.5}();
  for (std::size_t t = 0; t < series.frames(); ++t) {  // half of the artery drowns in noise at its peak
    for (std::size_t y = 4; y < 10; ++y) {
      auto& signal = series.frame(t)[10 + 20 * y];
      signal = std::max(1000.0F * std::pow(signal / 1000.0F, 3.0F), 20.0F + static_cast<float>(t % 3));
    }
  }
  const auto some = ArterialSearch{}(series, brain);
  REQUIRE(some.saturated_count == 6);
  REQUIRE(has_flag(some.flags, "dsc.aif.voxels_saturated"));
  REQUIRE_FALSE(has_flag(some.flags, "dsc.aif.saturated"));
  for (const auto& [x, y, z] : some.voxels) REQUIRE((SmallBrain::is_artery(x, y, z) && z == 1));
  // All of it: the best there is, and marked.
  const auto all = ArterialSearch{.fullness = 0.5}(SmallBrain{.noise = 0.01, .artery = 4.5, .vein = 0.5}(), brain);
  REQUIRE(has_flag(all.flags, all.saturated_count > 0 ? "dsc.aif.voxels_saturated" : "dsc.aif.saturated"));
  REQUIRE(all.quality < 0.6);
}

TEST_CASE("series that hold no whole bolus give an error or a flag", "[dsc]") {
  const Mask brain(grid(20, 20, 4), 1);
  REQUIRE_THROWS_AS(ArterialSearch{}(SmallBrain{.artery = 1e-9, .vein = 1e-9, .tissue = 1e-9}(), brain), DataError);  // none
  const auto cut = ArterialSearch{}(SmallBrain{.frames = 20}(), brain);  // ends at 28.5 s, the bolus arrives at 20 s
  REQUIRE(has_flag(cut.flags, "dsc.timing.truncated"));
  REQUIRE(cut.curve.signal.allFinite());
  REQUIRE(cut.quality >= 0.0);
  const auto early = ArterialSearch{}(SmallBrain{.arrival = -1.0}(), brain);  // with the first volumes
  REQUIRE((has_flag(early.flags, "dsc.baseline.none") || has_flag(early.flags, "dsc.baseline.short")));
  REQUIRE(early.curve.signal.allFinite());
  REQUIRE_THROWS_AS(ArterialSearch{}(SmallBrain{.frames = 3}(), brain), DataError);
  REQUIRE_THROWS_AS(ArterialSearch{}(PerfusionSeries(), brain), Error);
  REQUIRE_THROWS_AS(ArterialSearch{}(SmallBrain{}(), Mask()), DataError);
  REQUIRE_THROWS_AS(ArterialSearch{}(SmallBrain{}(), Mask(grid(20, 20, 4), 0)), DataError);
  auto constant = SmallBrain{}();
  std::fill_n(constant.data(), constant.frames() * constant.voxel_count(), 500.0F);
  REQUIRE_THROWS_AS(ArterialSearch{}(constant, brain), DataError);
}

TEST_CASE("a brain of one voxel gives that voxel and no trust", "[dsc]") {
  const auto series = SmallBrain{}();
  for (const auto method : {ArterialMethod::mouridsen, ArterialMethod::peruzzo}) {
    Mask brain(series.geometry());
    brain(10, 6, 1) = 1;
    const auto found = ArterialSearch{.method = method}(series, brain);
    REQUIRE(found.voxels == std::vector<std::array<std::int64_t, 3>>{{10, 6, 1}});
    REQUIRE(found.quality == 0.0);
    REQUIRE(has_flag(found.flags, "dsc.aif.not_arterial"));
    REQUIRE(has_flag(found.flags, "dsc.aif.few_voxels"));
  }
}

TEST_CASE("options of the arterial search are checked and it can be stopped", "[dsc]") {
  const auto series = SmallBrain{}();
  const Mask brain(series.geometry(), 1);
  REQUIRE_THROWS_AS((ArterialSearch{.voxels = 0}(series, brain)), OptionError);
  REQUIRE_THROWS_AS((ArterialSearch{.fullness = 1.5}(series, brain)), OptionError);
  REQUIRE_THROWS_AS((ArterialSearch{.tumour_margin = -1.0}(series, brain)), OptionError);
  REQUIRE_THROWS_AS((ArterialSearch{.area_percentile = nan_value}(series, brain)), OptionError);
  REQUIRE_THROWS_AS((ArterialSearch{.clusters = 1}(series, brain)), OptionError);
  REQUIRE_THROWS_AS((ArterialSearch{.threads = -1}(series, brain)), OptionError);
  REQUIRE_THROWS_AS(ArterialSearch{}(series, brain, std::nullopt, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_CASE("the arterial input of a mask carries dR2* where TE is known", "[dsc]") {
  const auto series = SmallBrain{.noise = 0.0}();
  Mask mask(series.geometry());
  mask(10, 6, 1) = mask(10, 7, 1) = 1;
  const auto curve = ArterialInput{}(series, mask);
  const Eigen::VectorXd truth = SmallBrain{}.curve(1.2, 0.0, 1.2)(series.times()) / 0.03;
  REQUIRE((curve.delta_r2s - truth).cwiseAbs().maxCoeff() < 1e-3);
  REQUIRE(*curve.echo_time == 0.03);
  REQUIRE(ArterialInput{}(SmallBrain{.echo_time = std::nullopt}(), mask).delta_r2s.size() == 0);
  REQUIRE_THROWS_AS((ArterialInput{.echo_time = 0.0}(series, mask)), DataError);
}

TEST_CASE("a gamma variate with recirculation is fitted back from its samples", "[dsc]") {
  for (const double step : {1.0, 1.6, 2.2}) {
    const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(static_cast<Eigen::Index>(100.0 / step), 0.0, 100.0 - step);
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const RandomStream random(seed, 4);
      const GammaVariate truth{.arrival = 12.0 + 10.0 * random.uniform(0),
                               .peak = 2.0 + 30.0 * random.uniform(1),
                               .alpha = 2.0 + 2.5 * random.uniform(2),
                               .beta = 1.0 + random.uniform(3),
                               .recirculation = 0.1 + 0.2 * random.uniform(4),
                               .recirculation_delay = 8.0 + 4.0 * random.uniform(5),
                               .equilibrium = 0.05 + 0.1 * random.uniform(6)};
      const auto fit = GammaVariateFit{}(truth(times), times);
      INFO("step " << step << " seed " << seed);
      REQUIRE(fit.converged);
      REQUIRE(fit.r_squared > 0.9999);
      REQUIRE(fit.first_pass_integral == Approx(truth.first_pass_integral()).epsilon(2e-3));
      REQUIRE(fit.curve.peak == Approx(truth.peak).epsilon(5e-3));
      REQUIRE((fit.fitted - truth(times)).cwiseAbs().maxCoeff() < 0.01 * truth.peak);
      // Heights scale, times do not.
      const auto scaled = GammaVariateFit{}(40.0 * truth(times), times);
      REQUIRE(scaled.first_pass_integral == Approx(40.0 * fit.first_pass_integral).epsilon(1e-3));
      REQUIRE(scaled.curve.arrival == Approx(fit.curve.arrival).margin(0.02));
    }
  }
}

TEST_CASE("the gamma variate's standard error covers its error, and a spike does not matter", "[dsc]") {
  const GammaVariate truth{.arrival = 18.0, .peak = 10.0, .alpha = 3.0, .beta = 1.5};
  const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(60, 0.0, 1.5 * 59.0);
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const RandomStream random(seed, 8);
    Eigen::VectorXd curve = truth(times);
    for (Eigen::Index t = 0; t < curve.size(); ++t) curve[t] += 0.2 * random.normal(static_cast<std::uint64_t>(t));
    const auto fit = GammaVariateFit{}(curve, times);
    covered += std::abs(fit.first_pass_integral - truth.first_pass_integral()) < 2.0 * fit.integral_error;
    REQUIRE(fit.first_pass_integral == Approx(truth.first_pass_integral()).epsilon(0.12));
    REQUIRE(fit.residual_deviation == Approx(0.2).epsilon(0.4));
    if (seed >= 10) continue;
    curve[17] += 6.0;  // on the way down
    const auto spiked = GammaVariateFit{}(curve, times);
    REQUIRE(spiked.first_pass_integral == Approx(truth.first_pass_integral()).epsilon(0.15));
  }
  REQUIRE(covered >= 31);  // 95 % would be 38; the area's error is not quite normal
  REQUIRE(GammaVariateFit{.recirculation = false}(truth(times), times).parameters.size() == 4);
}

TEST_CASE("gamma variate fits that say little say so", "[dsc]") {
  const GammaVariate truth{.arrival = 18.0, .peak = 10.0};
  const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(60, 0.0, 88.5);
  const Eigen::VectorXd curve = truth(times);
  REQUIRE(has_flag(GammaVariateFit{.max_iterations = 1}(curve, times).flags, "dsc.gamma.not_converged"));
  REQUIRE_FALSE(GammaVariateFit{.max_iterations = 1}(curve, times).converged);
  const auto cut = GammaVariateFit{}(curve.head(19), times.head(19));  // ends at 27 s
  REQUIRE(has_flag(cut.flags, "dsc.gamma.truncated"));
  REQUIRE(cut.fitted.allFinite());
  Eigen::VectorXd step = Eigen::VectorXd::Zero(60);
  step.tail(40).setConstant(5.0);  // rises and stays
  const auto poor = GammaVariateFit{}(step, times);
  REQUIRE(poor.fitted.allFinite());
  REQUIRE_FALSE(poor.flags.empty());
  REQUIRE_THROWS_AS(GammaVariateFit{}(Eigen::VectorXd::Zero(60), times), DataError);
  REQUIRE_THROWS_AS(GammaVariateFit{}(curve.head(16), times.head(16)), DataError);
  REQUIRE_THROWS_AS(GammaVariateFit{}(curve.head(10), times), ShapeError);
  REQUIRE_THROWS_AS(GammaVariateFit{.clearance_time = 0.0}(curve, times), OptionError);
  Eigen::VectorXd broken = curve;
  broken[3] = nan_value;
  REQUIRE_THROWS_AS(GammaVariateFit{}(broken, times), DataError);
}

TEST_CASE("a population's arterial input has its parameters and is marked", "[dsc]") {
  const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(80, 0.0, 79.0);
  const PopulationInput population{.arrival = 22.0, .echo_time = 0.04};
  const auto curve = population(times);
  REQUIRE(has_flag(curve.flags, "dsc.aif.population"));
  REQUIRE(curve.voxel_count == 0);
  REQUIRE(curve.baseline.arrival_time == Approx(22.0).margin(2.0));
  const auto agent = population.concentration();
  REQUIRE(agent.arrival == 22.0);
  REQUIRE(agent(26.5) == Approx(6.0).epsilon(1e-9));  // peaks alpha beta = 4.5 s after the arrival
  for (const Eigen::Index t : {10, 26, 40}) {
    const double c = agent(times[t]), rate = 2.62 * c + 0.49 * c * c;
    REQUIRE(curve.delta_r2s[t] == Approx(rate));
    REQUIRE(curve.signal[t] == Approx(100.0 * std::exp(-0.04 * rate)));
  }
  REQUIRE_THROWS_AS((PopulationInput{.linear = -1.0}(times)), OptionError);
  REQUIRE_THROWS_AS((PopulationInput{.baseline_signal = 0.0}(times)), OptionError);
  REQUIRE_THROWS_AS((PopulationInput{.echo_time = 40.0}(times)), DataError);
  REQUIRE_THROWS_AS(PopulationInput{}(times.head(2)), DataError);
}

TEST_CASE("rescaling by the venous output gives the arterial input the vein's area", "[dsc]") {
  // Both hold the same amount of agent; the artery shows 40 % of it.
  SmallBrain brain{.noise = 0.005, .artery = 0.4 * 1.2, .vein = 1.2 * 1.2 / 2.2};
  const auto series = brain();
  const Mask mask(series.geometry(), 1);
  const auto found = ArterialSearch{}(series, mask);
  const auto automatic = VenousRescaling{}(series, mask, found.curve);
  for (std::size_t v = 0; v < mask.size(); ++v) {
    const auto at = static_cast<std::int64_t>(v);
    if (automatic.mask.data()[v]) REQUIRE(SmallBrain::is_vein(at % 20, at / 20 % 20, at / 400));
  }
  REQUIRE(automatic.factor == Approx(2.5).epsilon(0.05));
  REQUIRE(automatic.venous.voxel_count >= 10);
  REQUIRE((automatic.arterial.delta_r2s - automatic.factor * found.curve.delta_r2s).cwiseAbs().maxCoeff() < 1e-9);
  REQUIRE(automatic.arterial.signal.minCoeff() < found.curve.signal.minCoeff());
  Mask venous(series.geometry());
  for (std::int64_t y = 4; y < 16; ++y) venous(5, y, 2) = 1;
  REQUIRE(VenousRescaling{}(series, mask, found.curve, &venous).factor == Approx(2.5).epsilon(0.05));

  const auto full = SmallBrain{.artery = 1.2, .vein = 0.3}();
  const auto kept = VenousRescaling{}(full, mask, ArterialSearch{}(full, mask).curve, &venous);
  REQUIRE(kept.factor == 1.0);
  REQUIRE(has_flag(kept.flags, "dsc.venous.not_larger"));
  REQUIRE_THROWS_AS(VenousRescaling{}(series, Mask(grid(2, 2, 2), 1), found.curve), GeometryError);
  REQUIRE_THROWS_AS(VenousRescaling{}(SmallBrain{.frames = 50}(), mask, found.curve), ShapeError);
  REQUIRE_THROWS_AS((VenousRescaling{.voxels = 0}(series, mask, found.curve)), OptionError);
  const Mask nothing(series.geometry());
  REQUIRE_THROWS_AS(VenousRescaling{}(series, mask, found.curve, &nothing), DataError);
}
