#include <algorithm>
#include <bolus/segment/segment_tumour.hpp>
#include <chrono>

#include "../compute/require_device.hpp"
#include "cascade_votes.hpp"

namespace bolus {
namespace {

using namespace detail;

constexpr std::size_t least_enhancing = 30;   // voxels; fewer are taken for noise
constexpr std::size_t tiny_enhancing = 100;   // voxels: flagged
constexpr std::size_t separate_region = 100;  // voxels from which a further region is worth a flag
constexpr std::size_t large_region = 2000, nearly_large_region = 1000;

void check_options(const SegmentTumour& options) {
  const bool numpy = options.noise == CascadeNoise::numpy, published = options.mode == CascadeMode::published;
  require<OptionError>(!numpy || published,
                       "noise is 'numpy', which only the original's order of draws can use; set "
                       "mode='published', or noise='counter'");
  require<OptionError>(!numpy || options.seed <= 0xFFFFFFFFU, "seed is ", options.seed,
                       "; numpy's stream takes seeds below 2^32");
  require<OptionError>(!options.mirror || !published, "mirror is no part of the original; set mode='stable'");
  require_device(options.device);
}

/// Reports at most some ten times a second: layers are short.
class SlowProgress {
 public:
  SlowProgress(const Progress& progress, std::size_t total) : progress_(progress), total_(total) {}

  void finish_part() {
    ++done_;
    report(progress_, stage, done_, total_);
  }

  Progress tick() {
    if (!progress_) return {};
    return [this](const ProgressEvent&) {
      const auto now = std::chrono::steady_clock::now();
      if (now < next_) return true;
      next_ = now + std::chrono::milliseconds(100);
      return progress_({stage, done_, total_});
    };
  }

 private:
  static constexpr const char* stage = "segmenting";
  const Progress& progress_;
  std::size_t done_ = 0, total_;
  std::chrono::steady_clock::time_point next_{};
};

/// More likely tumour than not, within the brain.
Marks marked(const StageVotes& votes, const Marks& brain) {
  Marks result(brain.size);
  for (std::size_t v = 0; v < result.values.size(); ++v) {
    result.values[v] = votes.probability[v] > 0.5F && brain.values[v] ? 1 : 0;
  }
  return result;
}

/// The box of what a rule kept; where it kept nothing of something, of everything.
Box box_of(const Marks& kept, const Marks& all, const char* stage, QcFlags& flags) {
  if (kept.any()) return bounding_box(kept, box_margin);
  flags.push_back({"segment.region.small", message("every region that the stage ", stage,
                                                   " found is too small for the "
                                                   "original's rules, which fail here; all of them were kept")});
  return bounding_box(all, box_margin);
}

/// Puts values of the box around the brain onto the study's grid.
template <class T>
Image<T> on_study_grid(const CascadeImages& images, const std::vector<T>& values) {
  std::vector<T> whole(voxel_count(images.size), T{});
  paste(values, images.box, images.size, whole);
  // Back from L, P, S: axis k of the study is the axis of the ordered grid that came from it.
  AxisOrder back;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto from = static_cast<std::size_t>(images.order.from[k]);
    back.from[from] = static_cast<int>(k);
    back.flipped[from] = images.order.flipped[k];
  }
  Image<T> result(images.geometry);
  reorder_voxels(whole.data(), {images.size[2], images.size[1], images.size[0]}, back, result.data());
  return result;
}

/// The same for a box, x, y, z.
VoxelBox on_study_grid(const CascadeImages& images, const Box& box) {
  VoxelBox result;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto axis = static_cast<std::size_t>(images.order.from[k]);
    const auto size = images.geometry.size[axis];
    const auto first = box.first[2 - k], last = box.last[2 - k];
    result.first[axis] = images.order.flipped[k] ? size - 1 - last : first;
    result.last[axis] = images.order.flipped[k] ? size - 1 - first : last;
  }
  return result;
}

void describe(TumourSegmentation& result, const Marks& whole_tumour, const Box& in, const Triple& size) {
  const auto& labels = result.labels;
  auto& volumes = result.volumes;
  volumes = {labels.volume(Region::enhancing), labels.volume(Region::non_enhancing), labels.volume(Region::oedema), 0.0,
             labels.volume(Region::whole_tumour)};
  volumes.tumour_core = volumes.enhancing + volumes.non_enhancing;
  auto& flags = result.flags;
  const auto sizes = region_sizes(whole_tumour);
  result.components = sizes.size();
  if (sizes.empty()) {
    flags.push_back({"segment.tumour.none", "no tumour was found"});
    return;
  }
  const auto separate = std::count_if(sizes.begin(), sizes.end(), [](std::size_t count) { return count >= separate_region; });
  if (separate > 1) {
    flags.push_back(
        {"segment.tumour.multifocal", message("the tumour has ", separate, " separate parts of at least ", separate_region,
                                              " voxels: a second focus, or something that only looks like one")});
  }
  const auto box = shifted(bounding_box(whole_tumour, 0), in.first);
  bool border = false;
  for (std::size_t k = 0; k < 3; ++k) border = border || box.first[k] == 0 || box.last[k] == size[k] - 1;
  if (border) {
    flags.push_back({"segment.tumour.border", "the tumour touches the border of the images: part of it may lie outside"});
  }
  const auto enhancing = labels.voxel_count(Region::enhancing);
  if (enhancing > 0 && enhancing < tiny_enhancing) {
    flags.push_back({"segment.enhancing.tiny", message("only ", enhancing,
                                                       " voxels are labelled ET: the networks invent as many "
                                                       "where experts see none")});
  }
}

}  // namespace

TumourSegmentation SegmentTumour::operator()(const AlignedStudy& study, const CascadeWeights& weights,
                                             const std::optional<Mask>& given_brain, const Progress& progress) const {
  check_options(*this);
  const auto& brain = given_brain ? given_brain : study.brain;
  weights.validate();
  const bool stable = mode == CascadeMode::stable;
  NumpyNoise stream(static_cast<std::uint32_t>(seed));
  SlowProgress slow(progress, 4);
  report(progress, "segmenting", 0, 4);
  auto images = prepare_images(study, brain, *this, stream);
  slow.finish_part();
  const RegionRules rules{!stable};
  CascadeVotes votes(weights, *this, stream);
  TumourSegmentation result;
  result.flags = images.flags;
  const auto tick = slow.tick();

  // Whole tumour, in the box around the brain.
  const auto size = images.box.size();
  const auto votes1 = votes(CascadeStage::whole_tumour, images.channel, size, images.box.first, tick);
  slow.finish_part();
  const auto found1 = marked(votes1, images.brain);
  Box box1;
  if (found1.any()) {
    box1 = box_of(rules.keep_large(rules.close(found1)), found1, "WT", result.flags);
  } else {
    Marks bright(size);
    for (std::size_t v = 0; v < bright.values.size(); ++v) bright.values[v] = images.channel[0][v] > 0.0F ? 1 : 0;
    box1 = bounding_box(bright, box_margin);
  }

  // Tumour core, in the box around it.
  const auto size1 = box1.size();
  std::array<std::vector<float>, 4> channel;
  for (std::size_t c = 0; c < 4; ++c) channel[c] = cut(images.channel[c], size, box1);
  const Marks brain1(size1, cut(images.brain.values, size, box1));
  const auto votes2 = votes(CascadeStage::tumour_core, channel, size1, shifted(box1, images.box.first).first, tick);
  slow.finish_part();
  const auto found2 = marked(votes2, brain1);
  Box box2{{0, 0, 0}, {size1[0] - 1, size1[1] - 1, size1[2] - 1}};
  if (found2.any()) box2 = box_of(rules.keep_two(rules.close(found2)), found2, "TC", result.flags);

  // Enhancing tumour, in the box around that.
  const auto size2 = box2.size();
  for (auto& values : channel) values = cut(values, size1, box2);
  const Marks brain2(size2, cut(brain1.values, size1, box2));
  const Box place2 = shifted(box2, box1.first);  // within the box around the brain
  const auto votes3 = votes(CascadeStage::enhancing, channel, size2, shifted(place2, images.box.first).first, tick);
  slow.finish_part();
  const auto found3 = marked(votes3, brain2);

  // Fusion.
  Marks core(size), enhancing_part(size);
  paste(found2.values, box1, size, core.values);
  paste(found3.values, place2, size, enhancing_part.values);
  const auto closed = rules.close(found1 | core | enhancing_part);
  const auto all = rules.keep_large(closed);
  auto whole = found1 & all;
  auto inner = rules.keep_overlapping(rules.close((core | enhancing_part) & all), whole);
  if (inner.any()) inner = rules.keep_two(inner);
  whole = whole | inner;
  auto bright = inner & enhancing_part;
  const auto bright_count = bright.count();
  if (bright_count > 0 && bright_count < least_enhancing) {
    bright = Marks(size);
    result.flags.push_back(
        {"segment.enhancing.dropped", message("the ", bright_count, " voxels found to enhance are fewer than ", least_enhancing,
                                              ", and were not labelled ET")});
  }
  for (const auto count : region_sizes(closed)) {
    if (count <= large_region && count > nearly_large_region && all.count() != closed.count()) {
      result.flags.push_back({"segment.region.dropped", message("a region of ", count, " voxels was left out: fewer than ",
                                                                large_region, " beside larger ones")});
    }
  }

  // Everything onto the study's grid.
  std::vector<std::uint8_t> values(voxel_count(size), LabelValue::background);
  for (std::size_t v = 0; v < values.size(); ++v) {
    if (whole.values[v]) values[v] = LabelValue::oedema;
    if (inner.values[v]) values[v] = LabelValue::non_enhancing;
    if (bright.values[v]) values[v] = LabelValue::enhancing;
  }
  result.labels = LabelMap(on_study_grid(images, values));
  std::vector<float> uncertainty(voxel_count(size), 0.0F);
  const auto onto_grid = [&](const StageVotes& stage, const Box& box) {
    std::vector<float> probability(voxel_count(size), 0.0F), deviation(voxel_count(size), 0.0F);
    paste(stage.probability, box, size, probability);
    paste(stage.deviation, box, size, deviation);
    for (std::size_t v = 0; v < probability.size(); ++v) {
      if (!images.brain.values[v]) probability[v] = deviation[v] = 0.0F;
      uncertainty[v] = std::max(uncertainty[v], deviation[v]);
    }
    return on_study_grid(images, probability);
  };
  const Box everything{{0, 0, 0}, {size[0] - 1, size[1] - 1, size[2] - 1}};
  result.whole_tumour = onto_grid(votes1, everything);
  result.tumour_core = onto_grid(votes2, box1);
  result.enhancing = onto_grid(votes3, place2);
  result.uncertainty = on_study_grid(images, uncertainty);
  result.boxes = {on_study_grid(images, images.box), on_study_grid(images, shifted(box1, images.box.first)),
                  on_study_grid(images, shifted(place2, images.box.first))};
  result.voxels = {found1.count(), found2.count(), found3.count()};
  describe(result, whole, images.box, images.size);

  auto& provenance = result.provenance;
  provenance.step = "segment_tumour";
  provenance.options = {{"mode", stable ? "stable" : "published"},
                        {"noise", noise == CascadeNoise::counter ? "counter" : "numpy"},
                        {"mirror", mirror ? "true" : "false"},
                        {"substitute_missing", substitute_missing ? "true" : "false"},
                        {"engine", engine == Engine::fused ? "fused" : "libtorch"},
                        {"device", device == Device::cpu ? "cpu" : "cuda"}};
  for (const char* note : {"source", "licence"}) {
    const auto found = weights.notes.find(note);
    if (found != weights.notes.end()) provenance.options[std::string("weights_") + note] = found->second;
  }
  provenance.inputs = images.hashes;
  provenance.seed = seed;
  provenance.flags = result.flags;
  return result;
}

}  // namespace bolus
