#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bolus::detail {

/// Size or place in a grid: slices, rows, columns (z, y, x); columns lie side by side in memory.
using Triple = std::array<std::int64_t, 3>;

/// Both ends included.
struct Box {
  Triple first{0, 0, 0}, last{-1, -1, -1};

  Triple size() const { return {last[0] - first[0] + 1, last[1] - first[1] + 1, last[2] - first[2] + 1}; }
};

inline std::size_t voxel_count(const Triple& size) { return static_cast<std::size_t>(size[0] * size[1] * size[2]); }
inline std::size_t place_of(const Triple& size, std::int64_t z, std::int64_t y, std::int64_t x) {
  return static_cast<std::size_t>((z * size[1] + y) * size[2] + x);
}

/// What takes part, 0 or 1.
struct Marks {
  Triple size{};
  std::vector<std::uint8_t> values;

  explicit Marks(const Triple& grid) : size(grid), values(voxel_count(grid), 0) {}
  Marks(const Triple& grid, std::vector<std::uint8_t> marks) : size(grid), values(std::move(marks)) {}

  std::size_t count() const;
  bool any() const;
  Marks operator&(const Marks& other) const;
  Marks operator|(const Marks& other) const;
};

/// What lies in a box of an array.
template <class T>
std::vector<T> cut(const std::vector<T>& values, const Triple& size, const Box& box) {
  std::vector<T> result;
  result.reserve(voxel_count(box.size()));
  for (std::int64_t z = box.first[0]; z <= box.last[0]; ++z) {
    for (std::int64_t y = box.first[1]; y <= box.last[1]; ++y) {
      const auto* row = values.data() + place_of(size, z, y, 0);
      result.insert(result.end(), row + box.first[2], row + box.last[2] + 1);
    }
  }
  return result;
}

/// Puts an array into a box of a larger one.
template <class T>
void paste(const std::vector<T>& values, const Box& box, const Triple& size, std::vector<T>& target) {
  const T* from = values.data();
  for (std::int64_t z = box.first[0]; z <= box.last[0]; ++z) {
    for (std::int64_t y = box.first[1]; y <= box.last[1]; ++y) {
      T* row = target.data() + place_of(size, z, y, box.first[2]);
      for (std::int64_t x = box.first[2]; x <= box.last[2]; ++x) *row++ = *from++;
    }
  }
}

/// Voxels around a region that the next stage looks at, and is taught within.
inline constexpr std::int64_t box_margin = 5;

/// The box around all marks, enlarged by `margin` and clipped to the grid; of nothing, an empty one.
Box bounding_box(const Marks& marks, std::int64_t margin);

/// A box given within `outer`, on the grid of `outer`.
Box shifted(const Box& box, const Triple& by);

/// How the cascade handles regions. Structuring element and connectivity: 3x3x3 without its corners.
struct RegionRules {
  /// As the original: a mask loses what touches the border when it is closed, regions of exactly the same size vanish.
  /// Otherwise closing adds only, and all of the regions that a rule names are kept.
  bool published = false;

  Marks close(const Marks& marks) const;

  /// A single region whatever its size, else those of more than 2000 voxels. Stable: if there are none, the largest.
  Marks keep_large(const Marks& marks) const;

  /// The largest region, and the second when it is more than a tenth of it.
  Marks keep_two(const Marks& marks) const;

  /// The regions of which at least half lies in `within`.
  Marks keep_overlapping(const Marks& marks, const Marks& within) const;
};

/// Sizes of the separate regions.
std::vector<std::size_t> region_sizes(const Marks& marks);

}  // namespace bolus::detail
