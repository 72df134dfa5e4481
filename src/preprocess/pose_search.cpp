#include "pose_search.hpp"

#include <cmath>

namespace bolus {

Climb PoseSearch::operator()(const MutualInformation& metric, const Pose& start, const std::function<void()>& tick) const {
  using Matrix = Eigen::Matrix<double, 6, 6>;
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  Pose scale, gradient = Pose::Zero(), next_gradient = Pose::Zero();
  scale << metric.radius(), metric.radius(), metric.radius(), 1.0, 1.0, 1.0;
  const auto evaluate = [&](const Pose& pose, Pose& uphill) {
    if (tick) tick();
    const double value = metric.value_and_gradient(pose, uphill, minimum_overlap, threads);
    uphill = uphill.cwiseQuotient(scale).eval();
    return value;
  };
  Climb best;
  best.pose = start;
  best.value = evaluate(start, gradient);
  best.iterations = 1;
  double longest = step;
  Matrix inverse_curvature = Matrix::Zero();  // until the first pair of gradients: steepest ascent of full step
  while (std::isfinite(best.value) && best.iterations < iterations) {
    Pose move = inverse_curvature * gradient;
    if (!(move.dot(gradient) > 0.0)) move = gradient / std::max(gradient.norm(), 1e-300) * longest;
    if (move.norm() > longest) move *= longest / move.norm();
    double next = nothing;
    while (best.iterations < iterations && move.norm() >= smallest_step) {
      next = evaluate(best.pose + move.cwiseQuotient(scale), next_gradient);
      ++best.iterations;
      if (next > best.value + 1e-4 * move.dot(gradient)) break;
      next = nothing;
      move *= 0.5;
    }
    if (!std::isfinite(next)) {
      best.converged = move.norm() < smallest_step;
      if (inverse_curvature.isZero() || !best.converged) break;
      inverse_curvature.setZero();  // the curvature may have misled: once more along the gradient, with short steps
      longest = std::min(longest, 16.0 * smallest_step);
      continue;
    }
    best.pose += move.cwiseQuotient(scale);
    best.value = next;
    const Pose change = gradient - next_gradient;  // of the descent direction
    gradient = next_gradient;
    const double curvature = move.dot(change);
    if (curvature <= 1e-12 * move.norm() * change.norm()) continue;
    if (inverse_curvature.isZero()) inverse_curvature = Matrix::Identity() * (curvature / change.squaredNorm());
    const Matrix left = Matrix::Identity() - move * change.transpose() / curvature;
    inverse_curvature = left * inverse_curvature * left.transpose() + move * move.transpose() / curvature;
  }
  return best;
}

}  // namespace bolus
