#include "prepared_case.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bolus/core/axis_order.hpp>
#include <cerrno>
#include <cstring>

#include "../cascade_images.hpp"

namespace bolus::detail {

class MappedBytes {
 public:
  /// Puts both pieces, one behind the other, into a file in `folder`.
  MappedBytes(const std::filesystem::path& folder, const void* first, std::size_t first_size, const void* second,
              std::size_t second_size)
      : size_(first_size + second_size) {
    auto name = (folder / "bolus-case-XXXXXX").string();
    const int file = mkstemp(name.data());
    const auto reason = [] { return std::string(std::strerror(errno)); };
    require<IoError>(file >= 0, "cannot write to the scratch folder ", folder.string(), ": ", reason(),
                     "; choose a folder that is there and may be written to");
    unlink(name.c_str());  // goes with the last user of it, however this process ends
    const auto write_all = [&](const void* data, std::size_t count) {
      const auto* bytes = static_cast<const char*>(data);
      while (count > 0) {
        const auto written = write(file, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        count -= static_cast<std::size_t>(written);
      }
      return true;
    };
    const bool written = write_all(first, first_size) && write_all(second, second_size);
    if (written) bytes_ = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
    const auto why = reason();
    close(file);
    require<IoError>(written && bytes_ != MAP_FAILED, "cannot keep a prepared case in the scratch folder ", folder.string(),
                     ": ", why, "; it takes about ", size_ / 1000000, " MB for this one");
  }
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;
  ~MappedBytes() { munmap(bytes_, size_); }

  const void* data() const { return bytes_; }

 private:
  std::size_t size_;
  void* bytes_ = MAP_FAILED;
};

PreparedCase::PreparedCase(PreparedCase&&) noexcept = default;
PreparedCase& PreparedCase::operator=(PreparedCase&&) noexcept = default;
PreparedCase::~PreparedCase() = default;

PreparedCase::PreparedCase(const TrainingCase& from, std::uint64_t seed, const std::filesystem::path& scratch)
    : name(from.name), weight(from.weight), simulated(from.simulated) {
  const auto in_case = [&](const std::string& reason) { return "case '" + name + "': " + reason; };
  const auto study = from.load();
  CascadeImages images;
  std::vector<std::uint8_t> labels;
  try {
    require<DataError>(study.labels.has_value(), "has no labels to learn from");
    NumpyNoise unused(0);
    SegmentTumour options;
    options.seed = seed;
    options.threads = 1;
    images = prepare_images(study, study.brain, options, unused);
    require_same_space(study.labels->geometry(), images.geometry, "the label map", "the flair image");
    std::vector<std::uint8_t> whole(voxel_count(images.size));
    reorder_voxels(study.labels->image().data(), images.geometry.size, images.order, whole.data());
    std::size_t all = 0, inside = 0;
    for (const auto value : whole) all += value != 0;
    labels = cut(whole, images.size, images.box);
    for (std::size_t v = 0; v < labels.size(); ++v) inside += labels[v] != 0 && images.brain.values[v] != 0;
    require<DataError>(inside > 0, all == 0 ? "the label map is empty" : "all labels lie outside the brain");
  } catch (const GeometryError& error) {
    throw GeometryError(in_case(error.what()));
  } catch (const DataError& error) {
    throw DataError(in_case(error.what()));
  }
  size = images.box.size();
  const auto count = voxel_count(size);
  own_values_.resize(4 * count);
  own_marks_.resize(count);
  Marks tumour(size), core(size);
  for (std::size_t v = 0; v < count; ++v) {
    for (std::size_t c = 0; c < 4; ++c) own_values_[4 * v + c] = images.channel[c][v];
    own_marks_[v] = static_cast<std::uint8_t>(labels[v] | (images.brain.values[v] ? brain_bit : 0));
    tumour.values[v] = is_positive(CascadeStage::whole_tumour, labels[v]);
    core.values[v] = is_positive(CascadeStage::tumour_core, labels[v]);
    for (const auto stage : all_stages) positive_[static_cast<std::size_t>(stage)] += is_positive(stage, labels[v]);
  }
  regions_ = {Box{{0, 0, 0}, {size[0] - 1, size[1] - 1, size[2] - 1}}, bounding_box(tumour, box_margin),
              core.any() ? bounding_box(core, box_margin) : Box{}};
  std::string all_hashes = content_hash(labels.data(), labels.size());
  for (const auto& [role, text] : images.hashes) all_hashes += text;
  hash = content_hash(all_hashes.data(), all_hashes.size());
  if (!scratch.empty()) {
    const auto value_bytes = own_values_.size() * sizeof(float);
    mapped_ = std::make_unique<MappedBytes>(scratch, own_values_.data(), value_bytes, own_marks_.data(), own_marks_.size());
    own_values_ = {};
    own_marks_ = {};
    values_ = static_cast<const float*>(mapped_->data());
    marks_ = static_cast<const std::uint8_t*>(mapped_->data()) + value_bytes;
  } else {
    values_ = own_values_.data();
    marks_ = own_marks_.data();
  }
}

}  // namespace bolus::detail
