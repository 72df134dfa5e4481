#include "cascade_images.hpp"

#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <cmath>

namespace bolus::detail {
namespace {

constexpr double largest_spacing_error = 0.1;  // mm

std::string upper(Modality modality) {
  constexpr std::array<const char*, 4> names{"T1", "T2", "FLAIR", "CET1"};
  return names[static_cast<std::size_t>(modality)];
}

/// The image of a modality, or what takes its place.
const Image<float>& image_for(const AlignedStudy& study, Modality modality, bool substitute, QcFlags& flags) {
  constexpr std::array<Modality, 4> others{Modality::cet1, Modality::flair, Modality::t2, Modality::t1};
  const auto found = study.structural.find(modality);
  if (found != study.structural.end()) return found->second;
  const auto other = study.structural.find(others[static_cast<std::size_t>(modality)]);
  std::string known;
  for (const auto& [name, image] : study.structural) known += (known.empty() ? "" : ", ") + std::string(modality_name(name));
  require<DataError>(substitute && other != study.structural.end(), "the study has no ", modality_name(modality),
                     " image; the cascade needs flair, t1, cet1 and t2 and the study has ", known.empty() ? "none" : known,
                     substitute ? "; it can stand in for neither" : "; substitute_missing lets a similar image take its place");
  flags.push_back({"segment.modality.substituted", message("there is no ", upper(modality), " image: ", upper(other->first),
                                                           " took its place, which the networks "
                                                           "were not trained for",
                                                           modality == Modality::cet1 || modality == Modality::t1
                                                               ? "; enhancing tumour cannot be told from the rest of the core"
                                                               : "")});
  return other->second;
}

void check_image(const Image<float>& image, Modality modality, const Geometry& reference, const Geometry& geometry) {
  require<DataError>(!image.empty(), "the ", modality_name(modality), " image is empty");
  require_same_space(geometry, reference, message("the ", modality_name(modality), " image"), "the flair image");
  std::size_t wrong = 0;
  for (const float value : image.values()) wrong += std::isfinite(value) ? 0 : 1;
  require<DataError>(wrong == 0, "the ", modality_name(modality), " image holds ", wrong,
                     " voxels that are not finite; expected numbers, and 0 outside the brain");
}

}  // namespace

CascadeImages prepare_images(const AlignedStudy& study, const std::optional<Mask>& brain, const SegmentTumour& options,
                             NumpyNoise& noise) {
  CascadeImages result;
  std::array<const Image<float>*, 4> images{};
  for (std::size_t c = 0; c < 4; ++c) images[c] = &image_for(study, channel_order[c], options.substitute_missing, result.flags);
  result.geometry = images[0]->geometry();
  for (std::size_t c = 0; c < 4; ++c) check_image(*images[c], channel_order[c], result.geometry, images[c]->geometry());
  require<GeometryError>((result.geometry.spacing.array() - 1.0).abs().maxCoeff() <= largest_spacing_error, "the voxels are ",
                         result.geometry.spacing[0], " x ", result.geometry.spacing[1], " x ", result.geometry.spacing[2],
                         " mm; the cascade was trained on voxels of 1 mm: resample the images first, as preprocess does");
  if (brain) {
    require_same_space(brain->geometry(), result.geometry, "the brain mask", "the flair image");
    require<DataError>(std::any_of(brain->data(), brain->data() + brain->size(), [](auto value) { return value != 0; }),
                       "the brain mask is empty; give another, or none where skulls are stripped");
  }
  result.order = axis_order(result.geometry, "LPS");
  const auto geometry = reordered(result.geometry, result.order);
  result.size = {geometry.size[2], geometry.size[1], geometry.size[0]};
  const auto count = voxel_count(result.size);

  std::array<std::vector<float>, 4> whole;
  std::array<std::string, 4> hashes;
  std::vector<std::uint8_t> mask;
  if (brain) {
    mask.resize(count);
    reorder_voxels(brain->data(), result.geometry.size, result.order, mask.data());
  }
  parallel_for(4, 1, options.threads, [&](std::size_t c, std::size_t) {
    hashes[c] = content_hash(images[c]->data(), images[c]->size() * sizeof(float));
    whole[c].resize(count);
    reorder_voxels(images[c]->data(), result.geometry.size, result.order, whole[c].data());
    for (std::size_t v = 0; v < mask.size(); ++v) {
      if (!mask[v]) whole[c][v] = 0.0F;
    }
  });
  for (std::size_t c = 0; c < 4; ++c) result.hashes[std::string(modality_name(channel_order[c]))] = hashes[c];
  if (brain) result.hashes["brain"] = content_hash(brain->data(), brain->size());

  Marks seen(result.size);
  for (std::size_t v = 0; v < count; ++v) seen.values[v] = whole[0][v] != 0.0F ? 1 : 0;
  const auto voxels = seen.count();
  require<DataError>(voxels > 0, "the flair image is 0 everywhere", brain ? " in the brain mask" : "");
  if (2 * voxels > count && !brain) {
    result.flags.push_back({"segment.not_skull_stripped",
                            message("FLAIR is 0 in only ", count - voxels, " of ", count,
                                    " voxels: the networks were trained on brains without skull on a background of 0")});
  }
  result.box = bounding_box(seen, box_margin);
  const auto cut_size = result.box.size();
  if (std::min({cut_size[0], cut_size[1], cut_size[2]}) < 19) {
    result.flags.push_back({"segment.few_slices", message("the brain is ", cut_size[2], " x ", cut_size[1], " x ", cut_size[0],
                                                          " mm large; the networks look at 19 slices at a time")});
  }
  for (auto& values : whole) values = cut(values, result.size, result.box);
  result.brain = Marks(cut_size);
  for (std::size_t v = 0; v < whole[0].size(); ++v) result.brain.values[v] = whole[0][v] > 0.0F ? 1 : 0;

  for (std::size_t c = 0; c < 4; ++c) {
    auto& values = whole[c];
    const auto positive = [&](auto&& term) {
      return parallel_sum(values.size(), std::size_t{1} << 16, options.threads, 0.0, [&](std::size_t begin, std::size_t end) {
        double sum = 0.0;
        for (std::size_t v = begin; v < end; ++v) sum += values[v] > 0.0F ? term(static_cast<double>(values[v])) : 0.0;
        return sum;
      });
    };
    const double number = positive([](double) { return 1.0; });
    require<DataError>(number > 0, "the ", modality_name(channel_order[c]), " image has no voxel above 0 in the brain");
    const double mean = positive([](double value) { return value; }) / number;
    const double deviation = std::sqrt(positive([&](double value) { return (value - mean) * (value - mean); }) / number);
    require<DataError>(deviation > 1e-6 * mean, "the ", modality_name(channel_order[c]), " image has the same value, ", mean,
                       ", everywhere in the brain: it cannot be normalised; is it the right image?");
    if (options.noise == CascadeNoise::numpy) {
      for (auto& value : values) {
        if (value != 0.0F) {
          noise.skip(1);
          value = static_cast<float>((static_cast<double>(value) - mean) / deviation);
        } else {
          value = static_cast<float>(noise.normal());
        }
      }
    } else {
      const auto row = static_cast<std::size_t>(cut_size[2]);
      parallel_for(values.size() / row, 64, options.threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r) {
          const Triple place{result.box.first[0] + static_cast<std::int64_t>(r) / cut_size[1],
                             result.box.first[1] + static_cast<std::int64_t>(r) % cut_size[1], result.box.first[2]};
          for (std::size_t x = 0; x < row; ++x) {
            auto& value = values[r * row + x];
            value = value != 0.0F ? static_cast<float>((static_cast<double>(value) - mean) / deviation)
                                  : noise_at(options.seed, c, {place[0], place[1], place[2] + static_cast<std::int64_t>(x)});
          }
        }
      });
    }
  }
  result.channel = std::move(whole);
  return result;
}

}  // namespace bolus::detail
