#pragma once
#include <array>
#include <cstddef>

namespace bolus::detail {

/// Which of z, y, x the slices, rows and columns of a view (axial, sagittal, coronal) are.
inline constexpr std::array<std::array<std::size_t, 3>, 3> view_axes{{{0, 1, 2}, {2, 0, 1}, {1, 0, 2}}};

}  // namespace bolus::detail
