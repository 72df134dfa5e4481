#include "cascade_regions.hpp"

#include <algorithm>
#include <functional>

namespace bolus::detail {
namespace {

constexpr std::size_t large_region = 2000;  // voxels

/// The offsets of the 18 neighbours that share a face or an edge.
std::vector<Triple> neighbours() {
  std::vector<Triple> offsets;
  for (std::int64_t z = -1; z <= 1; ++z) {
    for (std::int64_t y = -1; y <= 1; ++y) {
      for (std::int64_t x = -1; x <= 1; ++x) {
        const auto distance = z * z + y * y + x * x;
        if (distance == 1 || distance == 2) offsets.push_back({z, y, x});
      }
    }
  }
  return offsets;
}

/// The regions of a mask, numbered from 1 in the order of their first voxels.
struct Regions {
  std::vector<std::uint32_t> label;
  std::vector<std::size_t> sizes;  ///< of region i + 1
};

Regions regions_of(const Marks& marks) {
  static const auto offsets = neighbours();
  const auto& size = marks.size;
  Regions regions{std::vector<std::uint32_t>(marks.values.size(), 0), {}};
  std::vector<Triple> queue;
  for (std::int64_t z = 0; z < size[0]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      for (std::int64_t x = 0; x < size[2]; ++x) {
        const auto seed = place_of(size, z, y, x);
        if (!marks.values[seed] || regions.label[seed]) continue;
        const auto label = static_cast<std::uint32_t>(regions.sizes.size() + 1);
        queue.assign(1, {z, y, x});
        regions.label[seed] = label;
        for (std::size_t next = 0; next < queue.size(); ++next) {
          const auto here = queue[next];
          for (const auto& [dz, dy, dx] : offsets) {
            const Triple there{here[0] + dz, here[1] + dy, here[2] + dx};
            if (there[0] < 0 || there[1] < 0 || there[2] < 0 || there[0] >= size[0] || there[1] >= size[1] ||
                there[2] >= size[2]) {
              continue;
            }
            const auto place = place_of(size, there[0], there[1], there[2]);
            if (!marks.values[place] || regions.label[place]) continue;
            regions.label[place] = label;
            queue.push_back(there);
          }
        }
        regions.sizes.push_back(queue.size());
      }
    }
  }
  return regions;
}

/// The regions for which `keep(number)` holds.
Marks chosen(const Marks& marks, const Regions& regions, const std::function<bool(std::size_t)>& keep) {
  std::vector<std::uint8_t> kept(regions.sizes.size() + 1, 0);
  for (std::size_t i = 0; i < regions.sizes.size(); ++i) kept[i + 1] = keep(i) ? 1 : 0;
  Marks result(marks.size);
  for (std::size_t v = 0; v < result.values.size(); ++v) result.values[v] = kept[regions.label[v]];
  return result;
}

bool unique(const std::vector<std::size_t>& sizes, std::size_t size) {
  return std::count(sizes.begin(), sizes.end(), size) == 1;
}

}  // namespace

std::size_t Marks::count() const { return static_cast<std::size_t>(std::count(values.begin(), values.end(), 1)); }

bool Marks::any() const { return std::find(values.begin(), values.end(), 1) != values.end(); }

Marks Marks::operator&(const Marks& other) const {
  Marks result = *this;
  for (std::size_t v = 0; v < values.size(); ++v) result.values[v] = values[v] & other.values[v];
  return result;
}

Marks Marks::operator|(const Marks& other) const {
  Marks result = *this;
  for (std::size_t v = 0; v < values.size(); ++v) result.values[v] = values[v] | other.values[v];
  return result;
}

Box bounding_box(const Marks& marks, std::int64_t margin) {
  Box box{marks.size, {-1, -1, -1}};
  for (std::int64_t z = 0; z < marks.size[0]; ++z) {
    for (std::int64_t y = 0; y < marks.size[1]; ++y) {
      const auto* row = marks.values.data() + place_of(marks.size, z, y, 0);
      const auto* end = row + marks.size[2];
      const auto* found = std::find(row, end, 1);
      if (found == end) continue;
      const auto* back = end - 1;
      while (!*back) --back;
      const Triple low{z, y, found - row}, high{z, y, back - row};
      for (std::size_t k = 0; k < 3; ++k) {
        box.first[k] = std::min(box.first[k], low[k]);
        box.last[k] = std::max(box.last[k], high[k]);
      }
    }
  }
  if (box.last[0] < 0) return {};
  for (std::size_t k = 0; k < 3; ++k) {
    box.first[k] = std::max<std::int64_t>(box.first[k] - margin, 0);
    box.last[k] = std::min(box.last[k] + margin, marks.size[k] - 1);
  }
  return box;
}

Box shifted(const Box& box, const Triple& by) {
  Box result = box;
  for (std::size_t k = 0; k < 3; ++k) {
    result.first[k] += by[k];
    result.last[k] += by[k];
  }
  return result;
}

Marks RegionRules::close(const Marks& marks) const {
  static const auto offsets = neighbours();
  const Box around = bounding_box(marks, 0);
  if (around.last[0] < 0) return marks;
  // Only the surroundings of the marks, with two more voxels on every side, some of which may lie outside the grid.
  const auto inner = around.size();
  const Triple size{inner[0] + 4, inner[1] + 4, inner[2] + 4};
  std::vector<std::uint8_t> dilated(voxel_count(size), 0), closed(voxel_count(size), 0);
  const auto outside = [&](std::int64_t z, std::int64_t y, std::int64_t x) {
    const Triple there{z + around.first[0] - 2, y + around.first[1] - 2, x + around.first[2] - 2};
    for (std::size_t k = 0; k < 3; ++k) {
      if (there[k] < 0 || there[k] >= marks.size[k]) return true;
    }
    return false;
  };
  for (std::int64_t z = 0; z < inner[0]; ++z) {
    for (std::int64_t y = 0; y < inner[1]; ++y) {
      for (std::int64_t x = 0; x < inner[2]; ++x) {
        if (!marks.values[place_of(marks.size, z + around.first[0], y + around.first[1], x + around.first[2])]) continue;
        dilated[place_of(size, z + 2, y + 2, x + 2)] = 1;
        for (const auto& [dz, dy, dx] : offsets) {
          if (published && outside(z + 2 + dz, y + 2 + dy, x + 2 + dx)) continue;
          dilated[place_of(size, z + 2 + dz, y + 2 + dy, x + 2 + dx)] = 1;
        }
      }
    }
  }
  Marks result(marks.size);
  for (std::int64_t z = 1; z + 1 < size[0]; ++z) {
    for (std::int64_t y = 1; y + 1 < size[1]; ++y) {
      for (std::int64_t x = 1; x + 1 < size[2]; ++x) {
        bool stays = dilated[place_of(size, z, y, x)] != 0 && !outside(z, y, x);
        for (const auto& [dz, dy, dx] : offsets) {
          if (!stays) break;
          stays = dilated[place_of(size, z + dz, y + dy, x + dx)] != 0;
        }
        if (stays) {
          result.values[place_of(marks.size, z + around.first[0] - 2, y + around.first[1] - 2, x + around.first[2] - 2)] = 1;
        }
      }
    }
  }
  return result;
}

Marks RegionRules::keep_large(const Marks& marks) const {
  const auto regions = regions_of(marks);
  const auto& sizes = regions.sizes;
  if (sizes.size() <= 1) return marks;
  const auto largest = *std::max_element(sizes.begin(), sizes.end());
  if (!published && largest <= large_region) {
    return chosen(marks, regions, [&](std::size_t i) { return sizes[i] == largest; });
  }
  return chosen(marks, regions,
                [&](std::size_t i) { return sizes[i] > large_region && (!published || unique(sizes, sizes[i])); });
}

Marks RegionRules::keep_two(const Marks& marks) const {
  const auto regions = regions_of(marks);
  const auto& sizes = regions.sizes;
  if (sizes.size() <= 1) return marks;
  auto ordered = sizes;
  std::sort(ordered.begin(), ordered.end(), std::greater<>());
  const bool second = 10 * ordered[1] > ordered[0];
  return chosen(marks, regions, [&](std::size_t i) {
    if (published && !unique(sizes, sizes[i])) return false;
    return sizes[i] == ordered[0] || (second && sizes[i] == ordered[1]);
  });
}

Marks RegionRules::keep_overlapping(const Marks& marks, const Marks& within) const {
  const auto regions = regions_of(marks);
  std::vector<std::size_t> shared(regions.sizes.size() + 1, 0);
  for (std::size_t v = 0; v < marks.values.size(); ++v) shared[regions.label[v]] += within.values[v];
  return chosen(marks, regions, [&](std::size_t i) { return 2 * shared[i + 1] >= regions.sizes[i]; });
}

std::vector<std::size_t> region_sizes(const Marks& marks) { return regions_of(marks).sizes; }

}  // namespace bolus::detail
