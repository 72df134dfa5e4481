#pragma once
#include <bolus/segment/train_cascade.hpp>
#include <cstdint>
#include <vector>

#include "prepared_case.hpp"

namespace bolus::detail {

/// What randomness in a training is used for; each network, purpose and batch has a stream of its own.
enum class PatchUse : std::uint64_t { training = 0, validation = 1 };

/// Patches of one batch, as the network takes them.
struct PatchBatch {
  std::vector<float> input;          ///< (items, slices, rows, columns, 4)
  std::vector<std::uint8_t> target;  ///< (items, slices - 8, rows, columns), 1 for what the stage looks for
};

/// Cuts patches from prepared cases for one stage and view.
class PatchSampler {
 public:
  /// Cases without what the stage looks for take no part. `cases` must outlive the sampler.
  PatchSampler(const TrainCascade& options, CascadeStage stage, View view, const std::vector<PreparedCase>& cases);

  /// Cases that take part.
  std::size_t cases() const { return cases_.size(); }

  /// A batch with at least one voxel of what the stage looks for, from cases drawn by their weights, varied as the options say.
  /// The same number, the same batch.
  void draw(std::uint64_t number, PatchBatch& batch) const;

  /// `count` unvaried patches from the number `first` on. Each case that takes part has `validation_patches` numbers, one case
  /// after the other; the same number, the same patch.
  void draw_fixed(std::size_t first, std::size_t count, PatchBatch& batch) const;

  std::size_t slices() const { return static_cast<std::size_t>(slices_); }
  std::size_t side() const { return static_cast<std::size_t>(side_); }

 private:
  struct Place;
  Place place(const PreparedCase& from, std::uint64_t stream, std::uint64_t& index, bool vary) const;
  bool mark(const Place& place, std::uint8_t* target) const;
  void fill(const Place& place, std::uint64_t stream, float* input, bool vary) const;
  std::size_t input_values() const;
  std::size_t target_values() const;
  std::uint64_t stream_of(PatchUse use, std::uint64_t number, std::uint64_t item) const;

  const TrainCascade& options_;
  CascadeStage stage_;
  View view_;
  std::int64_t slices_, side_;
  int threads_;  ///< on the CPU the networks side by side take the cores; a GPU waits for patches otherwise
  std::vector<const PreparedCase*> cases_;
  std::vector<double> up_to_;  ///< sums of the cases' weights
};

}  // namespace bolus::detail
