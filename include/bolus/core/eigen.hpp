#pragma once
/// The one way this library includes Eigen. ITK carries a private Eigen 3.3.9 under the same names; two versions in one
/// program break the one-definition rule, so every file stops here if it got the wrong one.
#include <Eigen/Dense>

static_assert(EIGEN_VERSION_AT_LEAST(3, 4, 0),
              "bolus needs Eigen 3.4 or later; include <bolus/core/eigen.hpp> before any ITK header");
