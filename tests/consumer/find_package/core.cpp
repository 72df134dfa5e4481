// Uses the component core: Eigen is all it needs.
#include <bolus/core/geometry.hpp>
#include <bolus/core/version.hpp>
#include <iostream>

int main() {
  bolus::Geometry geometry;
  geometry.size = {4, 3, 2};
  geometry.validate();
  std::cout << "bolus " << BOLUS_VERSION << ", " << geometry.voxel_count() << " voxels\n";
  return geometry.voxel_count() == 24 ? 0 : 1;
}
