#pragma once
// What a stage's result depends on, as one name.
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/preprocess/brain_consensus.hpp>
#include <bolus/preprocess/brain_extraction.hpp>
#include <bolus/preprocess/preprocess.hpp>
#include <string_view>
#include <type_traits>

namespace bolus::detail {

/// Takes up values one by one; `hex` is the name.
class StageKey {
 public:
  explicit StageKey(std::string_view stage) { add(std::string_view(BOLUS_VERSION)), add(stage); }

  void add(std::string_view text) {
    number(text.size());
    hash_.update(text.data(), text.size());
  }
  template <class Number>
    requires(std::is_arithmetic_v<Number> || std::is_enum_v<Number>)
  void add(Number value) {
    number(value);
  }
  template <class Value>
  void add(const std::vector<Value>& values) {
    number(values.size());
    for (const auto& value : values) add(value);
  }
  void add(const Geometry& geometry) {
    for (const auto size : geometry.size) number(size);
    hash_.update(geometry.spacing.data(), 3 * sizeof(double));
    hash_.update(geometry.origin.data(), 3 * sizeof(double));
    hash_.update(geometry.direction.data(), 9 * sizeof(double));
  }
  template <class Value>
  void add(const Image<Value>& image) {
    add(image.geometry());
    hash_.update(image.data(), image.size() * sizeof(Value));
  }
  void add(const PerfusionSeries& series) {
    add(series.geometry());
    number(series.frames());
    hash_.update(series.times().data(), series.frames() * sizeof(double));
    hash_.update(series.data(), series.voxel_count() * series.frames() * sizeof(float));
  }
  void add(const RigidTransform& transform) { hash_.update(transform.matrix.data(), 16 * sizeof(double)); }
  void add(const LabelMap& labels) { add(labels.image()); }
  template <class Value>
  void add(const std::optional<Value>& value) {
    number(value.has_value());
    if (value) add(*value);
  }

  // Options: one more or one less in the struct does not compile, so none can be forgotten. Threads change no bit.
  void add(const RigidRegistration& step) {
    const auto& [bins, sampling, spacings, sigmas, iterations, angles, starts, mask_from, overlap, coverage, agreement,
                 rotation, translation, seed, threads] = step;
    (void)threads;
    all(bins, sampling, spacings, sigmas, iterations, angles, starts, mask_from, overlap, coverage, agreement, rotation,
        translation, seed);
  }
  void add(const BiasCorrection& step) {
    const auto& [shrink, iterations, tolerance, control_points, bins, width, noise, threads] = step;
    (void)threads;
    all(shrink, iterations, tolerance, control_points, bins, width, noise);
  }
  void add(const MotionCorrection& step) {
    const auto& [resampling, smallest, interpolation, threshold, largest, block, sigmas, still, iterations, threads] = step;
    (void)threads;
    all(resampling, smallest, interpolation, threshold, largest, block, sigmas, still, iterations);
  }
  void add(const TissueClassification& step) {
    const auto& [iterations, neighbours, width, tolerance, threads] = step;
    (void)threads;
    all(iterations, neighbours, width, tolerance);
  }
  void add(const SymmetrySearch& step) {
    const auto& [angle, score, threads] = step;
    (void)threads;
    all(angle, score);
  }
  void add(const NormalWhiteMatter& step) {
    const auto& [probability, erosion, tumour, midline, volume, threads] = step;
    (void)threads;
    all(probability, erosion, tumour, midline, volume);
  }
  void add(const BrainExtraction& step) {
    const auto& [resolution, smoothness, edge, margin, threads] = step;
    (void)threads;
    all(resolution, smoothness, edge, margin);
  }

  template <class... Values>
  StageKey& all(const Values&... values) {
    (add(values), ...);
    return *this;
  }

  /// The name; the object must not be used afterwards.
  std::string hex() { return hash_.hex(); }

 private:
  template <class Number>
  void number(Number value) {
    hash_.update(&value, sizeof value);
  }

  Sha256 hash_;
};

}  // namespace bolus::detail
