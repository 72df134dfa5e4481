#include <algorithm>
#include <bolus/preprocess/preprocess.hpp>
#include <chrono>
#include <cmath>
#include <span>
#include <type_traits>

#include "stage_key.hpp"
#include "stage_results.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using detail::StageKey;

Image<float> mean_of_first(const PerfusionSeries& series, int volumes) {
  Image<float> mean(series.geometry());
  const auto count = std::min(series.frames(), static_cast<std::size_t>(volumes));
  for (std::size_t t = 0; t < count; ++t) {
    const auto frame = series.frame(t);
    for (std::size_t i = 0; i < frame.size(); ++i) mean.data()[i] += frame[i] / static_cast<float>(count);
  }
  return mean;
}

/// What `work` gives, its errors led by the image's name, their kind kept.
template <class Work>
auto named(std::string_view name, Work&& work) {
  try {
    return work();
  } catch (const DataError& failure) {
    throw DataError(message(name, ": ", failure.what()));
  } catch (const GeometryError& failure) {
    throw GeometryError(message(name, ": ", failure.what()));
  } catch (const ConvergenceError& failure) {
    throw ConvergenceError(message(name, ": ", failure.what()));
  }
}

/// One run: the images on their way, and what was found so far.
class Run {
 public:
  Run(const Preprocess& options, StudyImages images, const BrainExtractor* extractor, const Progress& progress)
      : options_(options),
        images_(std::move(images)),
        extractor_(extractor),
        progress_(progress),
        cache_(options.cache.value_or(std::filesystem::path())),
        cet1_(images_.structural.at(Modality::cet1)),
        target_(isotropic_geometry(cet1_.geometry(), options.spacing)),
        stages_(count_stages()) {}

  PreprocessResult operator()() {
    result_.study.flags = images_.flags;  // of the readers
    correct_motion();
    find_brain();
    register_images();
    join_brains();
    resample_images();
    place_labels();
    classify();
    report(progress_, "preprocessing", stages_, stages_);
    return std::move(result_);
  }

 private:
  /// The result of a stage from the cache, or else from `work`. `start` is what a record is read into.
  template <class Work, class Result = std::invoke_result_t<Work&>>
  Result stage(std::string_view what, std::string_view name, StageKey& key, Work&& work, Result start = {}) {
    const auto label = name.empty() ? std::string(what) : message(what, ", ", name);
    report(progress_, label, result_.times.size(), stages_);
    const auto begin = std::chrono::steady_clock::now();
    const auto finish = [&](bool cached) {
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
      result_.times.push_back({label, taken.count(), cached});
    };
    const auto hash = cache_.is_open() ? key.hex() : std::string();
    if (const auto record = cache_.find(hash)) {
      try {
        detail::from_record(*record, start);
        finish(true);
        return start;
      } catch (const std::exception&) {
        // Written by something else under our name: made anew.
      }
    }
    auto result = named(name.empty() ? what : name, work);
    if (cache_.is_open()) cache_.keep(hash, detail::to_record(result));
    finish(false);
    return result;
  }

  /// What a step is told: whether to stop. Where the whole stands is said by the stages.
  Progress inner() const {
    if (!progress_) return {};
    return [this](const ProgressEvent& event) { return progress_({event.stage, result_.times.size(), stages_}); };
  }

  void add_flags(std::string_view name, const QcFlags& flags) {
    for (const auto& flag : flags) result_.study.flags.push_back({flag.code, message(name, ": ", flag.message)});
  }

  std::size_t count_stages() const {
    const auto images = images_.structural.size();
    std::size_t count = images;  // resampled
    if (images_.perfusion && options_.correct_motion) ++count;
    if (options_.extract_brain) count += options_.brain_consensus && !extractor_ ? images + (images > 1) : 1;
    if (options_.register_images) count += images - 1 + (images_.perfusion ? 1 : 0);
    if (options_.correct_bias) count += images;
    if (options_.extract_brain && options_.classify_tissue) count += 2;
    return count;
  }

  void correct_motion() {
    if (!images_.perfusion) return;
    if (!options_.correct_motion || images_.perfusion->frames() == 1) {
      result_.study.perfusion = std::move(images_.perfusion);
      return;
    }
    auto& series = *images_.perfusion;
    auto step = options_.motion_correction;
    step.threads = options_.threads;
    StageKey key("motion");
    key.all(series, step);
    MotionResult start;
    start.corrected =
        PerfusionSeries::wrap(series.geometry(), series.times(), series.protocol(), series.data(), series.shared_data());
    try {
      result_.motion = stage("motion", "dsc", key, [&] { return step(series, std::nullopt, inner()); }, std::move(start));
    } catch (const DataError& reason) {
      // A series that cannot be realigned, such as one slice, still has curves.
      result_.study.flags.push_back({"preprocess.motion.skipped", message("motion was not corrected: ", reason.what())});
      result_.study.perfusion = std::move(images_.perfusion);
      return;
    }
    auto& corrected = result_.motion->corrected;
    result_.study.perfusion = PerfusionSeries::wrap(corrected.geometry(), corrected.times(), corrected.protocol(),
                                                    corrected.data(), corrected.shared_data());
    add_flags("dsc", result_.motion->flags);
  }

  BrainExtractionResult extract(Modality modality, const Image<float>& image) {
    auto step = options_.brain_extraction;
    step.threads = options_.threads;
    StageKey key("brain");
    key.all(image, step);
    return stage("brain", modality_name(modality), key, [&] { return step(image, inner()); });
  }

  void find_brain() {
    if (!options_.extract_brain) return;
    BrainExtractionResult found;
    if (extractor_) {
      const auto begin = std::chrono::steady_clock::now();  // not cached: what it depends on is not known here
      found.mask = named("cet1", [&] { return (*extractor_)(cet1_, inner()); });
      require_brain_mask(found.mask, cet1_.geometry());
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
      result_.times.push_back({message("brain, ", extractor_->name()), taken.count(), false});
    } else {
      try {
        found = extract(Modality::cet1, cet1_);
      } catch (const DataError& reason) {
        // An image without a head, such as a phantom or a slab, can still be aligned.
        result_.study.flags.push_back({"preprocess.brain.skipped", message("no brain was found: ", reason.what(),
                                                                           "; what needs one was left out. Give a "
                                                                           "brain mask, or set extract_brain = false")});
        return;
      }
      add_flags("cet1", found.flags);
    }
    result_.brain_masks.emplace(Modality::cet1, found.mask);
    brain_ = std::move(found.mask);
  }

  RegistrationResult register_one(std::string_view name, const Image<float>& moving) {
    auto step = options_.registration;
    step.threads = options_.threads;
    StageKey key("registration");
    key.all(cet1_, moving, brain_, step);
    auto found = stage("registration", name, key, [&] { return step(cet1_, moving, brain_, inner()); });
    add_flags(name, found.flags);
    if (found.verdict != Verdict::good) {
      const bool failed = found.verdict == Verdict::failed;
      result_.study.flags.push_back({failed ? "preprocess.registration.failed" : "preprocess.registration.doubtful",
                                     message(name, ": the registration to CET1 ", failed ? "failed" : "is doubtful",
                                             "; look at the QC page, and do not use what follows from it before")});
    }
    return found;
  }

  void register_images() {
    if (!options_.register_images) return;
    for (const auto& [modality, image] : images_.structural) {
      if (modality == Modality::cet1) continue;
      result_.registrations.emplace(modality, register_one(modality_name(modality), image));
    }
    if (!result_.study.perfusion) return;
    const auto mean =
        result_.motion ? result_.motion->reference : mean_of_first(*result_.study.perfusion, options_.baseline_volumes);
    result_.perfusion_registration = register_one("dsc", mean);
    result_.study.perfusion_to_structural = result_.perfusion_registration->transform.inverse().matrix;
  }

  /// Points of CET1 to points of the image.
  RigidTransform transform_of(Modality modality) const {
    const auto found = result_.registrations.find(modality);
    return found == result_.registrations.end() ? RigidTransform{} : found->second.transform;
  }

  /// Masks of the other images are brought to CET1 and joined with its own.
  void join_brains() {
    if (!brain_) return;
    if (!extractor_ && options_.brain_consensus && images_.structural.size() > 1) {
      std::vector<Mask> masks{*brain_};
      for (const auto& [modality, image] : images_.structural) {
        if (modality == Modality::cet1) continue;
        BrainExtractionResult found;
        try {
          found = extract(modality, image);
        } catch (const DataError& reason) {
          result_.study.flags.push_back({"preprocess.brain.skipped", message(modality_name(modality),
                                                                             " has no say in the brain "
                                                                             "mask: ",
                                                                             reason.what())});
          continue;
        }
        add_flags(modality_name(modality), found.flags);
        masks.push_back(Resample{.labels = options_.labels, .threads = options_.threads}(found.mask, cet1_.geometry(),
                                                                                         transform_of(modality)));
        result_.brain_masks.emplace(modality, std::move(found.mask));
      }
      StageKey key("brain consensus");
      for (const auto& mask : masks) key.add(mask);
      BrainConsensus consensus;
      consensus.threads = options_.threads;
      key.add(consensus.min_agreement);
      auto joined = stage("brain, consensus", "", key, [&] { return consensus(masks, inner()); });
      add_flags("brain", joined.flags);
      brain_ = std::move(joined.mask);
    }
    auto check = options_.brain_check;
    check.threads = options_.threads;
    result_.brain_quality = check(*brain_);
    add_flags("brain", result_.brain_quality->flags);
    result_.study.brain = Resample{.labels = options_.labels, .threads = options_.threads}(*brain_, target_, RigidTransform{});
  }

  void resample_images() {
    for (const auto& [modality, image] : images_.structural) {
      const auto name = modality_name(modality);
      const auto transform = transform_of(modality);
      const Resample resample{.interpolation = options_.interpolation, .threads = options_.threads};
      Image<float> corrected;
      if (options_.correct_bias) {
        std::optional<Mask> mask;
        if (brain_) {
          mask = Resample{.threads = options_.threads}(*brain_, image.geometry(), transform.inverse());
        }
        auto step = options_.bias_correction;
        step.threads = options_.threads;
        StageKey key("bias");
        key.all(image, mask, step);
        const auto found = stage("bias field", name, key, [&] {
          auto result = step(image, mask, std::nullopt, inner());
          return detail::BiasEstimate{std::move(result.spline), std::move(result.iterations), std::move(result.flags)};
        });
        add_flags(name, found.flags);
        auto field = found.spline(image.geometry(), Eigen::Matrix4d::Identity(), options_.threads);
        corrected = divide_bias(image, field);
        result_.bias_fields.emplace(modality, std::move(field));
      }
      report(progress_, message("resampling, ", name), result_.times.size(), stages_);
      const auto begin = std::chrono::steady_clock::now();
      result_.study.structural.emplace(
          modality, named(name, [&] { return resample(options_.correct_bias ? corrected : image, target_, transform); }));
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
      result_.times.push_back({message("resampling, ", name), taken.count(), false});
    }
  }

  void place_labels() {
    if (!images_.labels) return;
    auto& study = result_.study;
    const auto& grid = images_.labels->geometry();
    if (study.perfusion && grid.difference(study.perfusion->geometry()).empty()) {
      study.labels = std::move(images_.labels);
      return;
    }
    // Images on one grid may still have moved apart: the contrast image is what labels are drawn on.
    constexpr std::array<Modality, 4> by_preference{Modality::cet1, Modality::flair, Modality::t2, Modality::t1};
    for (const auto modality : by_preference) {
      const auto image = images_.structural.find(modality);
      if (image == images_.structural.end() || !grid.difference(image->second.geometry()).empty()) continue;
      const Resample resample{.labels = options_.labels, .threads = options_.threads};
      study.labels = resample(*images_.labels, target_, transform_of(modality));
      return;
    }
    throw GeometryError(
        "the labels lie on the grid of no image of the study; resample them by nearest neighbour onto one first");
  }

  void classify() {
    auto& study = result_.study;
    if (!study.brain || !options_.classify_tissue) return;
    const auto has_t1 = study.structural.contains(Modality::t1);
    const auto& t1 = study.image(has_t1 ? Modality::t1 : Modality::cet1);
    std::optional<Mask> tumour;
    if (study.labels && study.labels->geometry().difference(target_).empty()) {
      tumour = study.labels->mask(Region::whole_tumour);
    }
    try {
      auto step = options_.tissue_classification;
      step.threads = options_.threads;
      StageKey key("tissue");
      key.all(t1, *study.brain, tumour, step);
      result_.tissue = stage("tissue", "", key, [&] { return step(t1, *study.brain, tumour, inner()); });
      add_flags("tissue", result_.tissue->flags);
      find_white_matter(tumour.has_value());
    } catch (const DataError& reason) {
      study.flags.push_back({"preprocess.tissue.skipped", message("tissue was not classified: ", reason.what())});
    }
  }

  void find_white_matter(bool with_tumour) {
    auto& study = result_.study;
    auto search = options_.symmetry_search;
    auto white = options_.normal_white_matter;
    search.threads = white.threads = options_.threads;
    const auto& cet1 = study.image(Modality::cet1);
    StageKey key("white matter");
    key.all(cet1, *study.brain, search, white, result_.tissue->labels, result_.tissue->white_matter);
    if (with_tumour) key.add(*study.labels);
    auto found = stage("white matter", "", key, [&] {
      detail::WhiteMatterEstimate estimate{search(cet1, study.brain, inner()), {}, {}};
      try {
        auto result = white(*result_.tissue, estimate.mirror, with_tumour ? &*study.labels : nullptr);
        estimate.mask = std::move(result.mask);
        estimate.flags = std::move(result.flags);
      } catch (const DataError& reason) {
        estimate.flags.push_back({"preprocess.white_matter.none", message("no normal white matter: ", reason.what())});
      }
      return estimate;
    });
    add_flags("mirror plane", found.mirror.flags);
    add_flags("white matter", found.flags);
    result_.mirror = std::move(found.mirror);
    if (!found.mask.empty()) study.white_matter = std::move(found.mask);
  }

  const Preprocess& options_;
  StudyImages images_;
  const BrainExtractor* extractor_;
  const Progress& progress_;
  detail::StageCache cache_;
  const Image<float>& cet1_;
  Geometry target_;
  std::size_t stages_;
  std::optional<Mask> brain_;  ///< on the grid of CET1
  PreprocessResult result_;
};

}  // namespace

PreprocessResult Preprocess::operator()(StudyImages images, const BrainExtractor* extractor, const Progress& progress) const {
  require<OptionError>(baseline_volumes >= 1, "baseline_volumes is ", baseline_volumes, "; expected 1 or more");
  std::string there;
  for (const auto& [modality, image] : images.structural)
    there += (there.empty() ? "" : ", ") + std::string(modality_name(modality));
  require<DataError>(
      images.structural.contains(Modality::cet1),
      "the study has no cet1 image, onto which the others are registered; it has: ", there.empty() ? "none" : there);
  for (const auto& [modality, image] : images.structural) {
    require<DataError>(!image.empty(), modality_name(modality), ": the image is empty");
    const auto values = image.values();
    const auto broken = std::count_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    require<DataError>(broken == 0, modality_name(modality), ": ", broken, " of ", values.size(),
                       " voxels are NaN or infinite; mend the image first, e.g. by 0");
  }
  if (images.perfusion) {
    const auto& series = *images.perfusion;
    const std::span<const float> values(series.data(), series.frames() * series.geometry().voxel_count());
    const auto broken = std::count_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    require<DataError>(broken == 0, "dsc: ", broken, " of ", values.size(),
                       " values are NaN or infinite; mend the series first, e.g. by 0");
  }
  return Run(*this, std::move(images), extractor, progress)();
}

LabelMap labels_on_perfusion_grid(const AlignedStudy& study, LabelInterpolation labels) {
  require<DataError>(study.labels.has_value(), "the study has no labels; give some, or a segmenter");
  require<DataError>(study.perfusion.has_value(), "the study has no perfusion series; give one (dsc)");
  const auto& target = study.perfusion->geometry();
  if (study.labels->geometry().difference(target).empty()) return *study.labels;
  return Resample{.labels = labels}(*study.labels, target, RigidTransform{study.perfusion_to_structural});
}

}  // namespace bolus
