#include <bolus/preprocess/align_study.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include <bolus/core/parallel.hpp>

namespace bolus {
namespace {

using detail::message;
using detail::require;

Image<float> mean_of_first(const PerfusionSeries& series, int volumes) {
  Image<float> mean(series.geometry());
  const auto count = std::min(series.frames(), static_cast<std::size_t>(volumes));
  for (std::size_t t = 0; t < count; ++t) {
    const auto frame = series.frame(t);
    for (std::size_t i = 0; i < frame.size(); ++i) mean.data()[i] += frame[i] / static_cast<float>(count);
  }
  return mean;
}

/// Runs `work`, its errors led by the image's name, their kind kept.
template <class Work>
void named(std::string_view name, Work&& work) {
  try {
    work();
  } catch (const DataError& failure) {
    throw DataError(message(name, ": ", failure.what()));
  } catch (const GeometryError& failure) {
    throw GeometryError(message(name, ": ", failure.what()));
  } catch (const ConvergenceError& failure) {
    throw ConvergenceError(message(name, ": ", failure.what()));
  }
}

/// One image of the study on its way.
struct Job {
  std::string_view name;
  std::optional<Modality> modality;  ///< none: the DSC series
  const Image<float>* image = nullptr;
  std::optional<RegistrationResult> registration;
  std::optional<BiasCorrectionResult> bias;
  Image<float> resampled;
};

}  // namespace

AlignmentResult AlignStudy::operator()(StudyImages images, const Progress& progress) const {
  require<OptionError>(baseline_volumes >= 1, "baseline_volumes is ", baseline_volumes, "; expected 1 or more");
  std::string there;
  for (const auto& [modality, image] : images.structural)
    there += (there.empty() ? "" : ", ") + std::string(modality_name(modality));
  const auto found = images.structural.find(Modality::cet1);
  require<DataError>(
      found != images.structural.end(),
      "the study has no cet1 image, onto which the others are registered; it has: ", there.empty() ? "none" : there);
  const Image<float>& reference = found->second;
  const auto target = isotropic_geometry(reference.geometry(), spacing);

  std::optional<Image<float>> baseline;
  std::vector<Job> jobs;
  for (const auto& [modality, image] : images.structural)
    jobs.push_back({modality_name(modality), modality, &image, {}, {}, {}});
  if (images.perfusion && register_images) {
    baseline = mean_of_first(*images.perfusion, baseline_volumes);
    jobs.push_back({"dsc", std::nullopt, &*baseline, {}, {}, {}});
  }

  // Each image on one thread, side by side. Only the calling thread may report; the others look whether it was told to stop.
  const auto caller = std::this_thread::get_id();
  std::atomic<bool> stopped{false};
  std::atomic<std::size_t> finished{0};
  const Progress passing_on = [&](const ProgressEvent& event) {
    if (stopped) return false;
    if (std::this_thread::get_id() != caller || !progress) return true;
    bool goes_on = false;
    try {
      goes_on = progress({event.stage, finished, jobs.size()});
    } catch (...) {
      stopped = true;
      throw;
    }
    if (!goes_on) stopped = true;
    return goes_on;
  };
  parallel_for(jobs.size(), 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      auto& job = jobs[i];
      named(job.name, [&] {
        RigidTransform transform;
        if (register_images && job.modality != Modality::cet1) {
          auto step = registration;
          step.threads = 1;
          job.registration = step(reference, *job.image, std::nullopt, passing_on);
          transform = job.registration->transform;
        }
        if (!job.modality) return;
        if (correct_bias) {
          auto step = bias_correction;
          step.threads = 1;
          job.bias = step(*job.image, std::nullopt, std::nullopt, passing_on);
        }
        const Resample resample{interpolation, 1};
        job.resampled = resample(job.bias ? job.bias->corrected : *job.image, target, transform);
      });
      ++finished;
    }
  });
  report(progress, "aligning", jobs.size(), jobs.size());

  AlignmentResult result;
  auto& study = result.study;
  for (auto& job : jobs) {
    const auto add = [&](const QcFlags& flags) {
      for (const auto& flag : flags) study.flags.push_back({flag.code, message(job.name, ": ", flag.message)});
    };
    if (job.registration) add(job.registration->flags);
    if (job.bias) add(job.bias->flags);
    if (!job.modality) {
      study.perfusion_to_structural = job.registration->transform.inverse().matrix;
      result.perfusion_registration = std::move(job.registration);
      continue;
    }
    study.structural.emplace(*job.modality, std::move(job.resampled));
    if (job.registration) result.registrations.emplace(*job.modality, std::move(*job.registration));
    if (job.bias) result.bias_fields.emplace(*job.modality, std::move(job.bias->field));
  }
  study.perfusion = std::move(images.perfusion);
  if (!images.labels) return result;
  const auto& grid = images.labels->geometry();
  if (study.perfusion && grid.difference(study.perfusion->geometry()).empty()) {
    study.labels = std::move(images.labels);
    return result;
  }
  // Images on one grid may still have moved apart: the contrast image is what labels are drawn on.
  constexpr std::array<Modality, 4> by_preference{Modality::cet1, Modality::flair, Modality::t2, Modality::t1};
  for (const auto modality : by_preference) {
    const auto image = images.structural.find(modality);
    if (image == images.structural.end() || !grid.difference(image->second.geometry()).empty()) continue;
    const auto registered = result.registrations.find(modality);
    const auto transform = registered == result.registrations.end() ? RigidTransform{} : registered->second.transform;
    study.labels = Resample{Interpolation::nearest, threads}(*images.labels, target, transform);
    return result;
  }
  throw GeometryError("the labels lie on the grid of no image of the study; resample them by nearest neighbour onto one first");
}

LabelMap labels_on_perfusion_grid(const AlignedStudy& study) {
  require<DataError>(study.labels.has_value(), "the study has no labels");
  require<DataError>(study.perfusion.has_value(), "the study has no perfusion series");
  const auto& target = study.perfusion->geometry();
  if (study.labels->geometry().difference(target).empty()) return *study.labels;
  return Resample{Interpolation::nearest}(*study.labels, target, RigidTransform{study.perfusion_to_structural});
}

}  // namespace bolus
