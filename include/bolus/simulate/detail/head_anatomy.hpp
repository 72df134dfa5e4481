#pragma once
#include <bolus/simulate/detail/head_shapes.hpp>
#include <bolus/simulate/detail/head_vessels.hpp>
#include <bolus/simulate/detail/random_field.hpp>
#include <bolus/simulate/tissue_class.hpp>
#include <optional>

namespace bolus::detail {

/// Streams of random numbers of a head.
enum HeadStream : std::uint64_t {
  shape_stream = 1,
  fold_stream,
  tumour_stream,
  tumour_field_stream,
  artery_stream,
  vein_stream,
  texture_stream,
  bias_stream = 16,
  misalignment_stream = 32,
  head_noise_stream = 64
};

/// What decides the shape of a head: the options of a HeadPhantom of the same names.
struct HeadShape {
  std::uint64_t seed;
  bool tumour, enhancement;
  std::optional<Eigen::Vector3d> tumour_centre;
  std::optional<double> core_radius, oedema_width;
  double ring_width;
};

/// The head as a function of position: what tissue lies where. Distances are in mm, positive inside, and approximate.
class HeadAnatomy {
 public:
  explicit HeadAnatomy(const HeadShape& head)
      : tumour_(head.tumour),
        enhancement_(head.enhancement),
        ring_(head.ring_width),
        folds_(RandomStream(head.seed, fold_stream), 9.5, 110.0),
        warp_(RandomStream(head.seed, tumour_field_stream), 12.0, 130.0) {
    const RandomStream shape(head.seed, shape_stream);
    for (int axis = 0; axis < 3; ++axis) scale_[axis] = 1.0 + 0.025 * std::clamp(shape.normal(axis), -2.0, 2.0);
    ventricle_ = 1.0 + 0.3 * (shape.uniform(8) - 0.5);
    arteries_ = head_arteries(RandomStream(head.seed, artery_stream));
    veins_ = head_veins(RandomStream(head.seed, vein_stream));
    for (auto* vessels : {&arteries_, &veins_}) {
      for (auto& piece : *vessels) {
        piece.from = piece.from.cwiseProduct(scale_);
        piece.to = piece.to.cwiseProduct(scale_);
      }
    }
    if (tumour_) place_tumour(head);
  }

  const std::vector<TubePiece>& arteries() const { return arteries_; }
  const std::vector<TubePiece>& veins() const { return veins_; }

  /// Depth under the surface of the brain.
  double brain_depth(const Eigen::Vector3d& position) const { return brain_surface(position.cwiseQuotient(scale_)); }

  /// The share of each tissue but the vessels in a neighbourhood `width` mm wide.
  TissueShares shares(const Eigen::Vector3d& position, double width) const {
    TissueShares result{};
    result[0] = 1.0F;
    const auto cover = [&](TissueClass tissue, double amount) {
      if (amount <= 0.0) return;
      for (auto& share : result) share *= static_cast<float>(1.0 - amount);
      result[static_cast<std::size_t>(tissue)] += static_cast<float>(amount);
    };
    const auto inside = [&](double distance) { return std::clamp(distance / width + 0.5, 0.0, 1.0); };

    const Eigen::Vector3d p = position.cwiseQuotient(scale_);
    const double skin = std::max({ellipsoid(p, {0, 0, 8}, {80, 98, 74}), capsule(p, {0, 10, -30}, {0, 22, -160}, 52.0),
                                  ellipsoid(p, {0, -62, -50}, {52, 44, 62}), ellipsoid(p, {0, -104, -44}, {11, 13, 17})});
    if (skin < -width) return result;
    cover(TissueClass::scalp, inside(skin));
    const double surface = brain_surface(p);
    cover(TissueClass::skull, std::min(inside(surface + 8.5), inside(skin - 3.0)));
    cover(TissueClass::csf, inside(surface + 2.0));
    for (const double side : {-32.0, 32.0}) cover(TissueClass::csf, inside(ellipsoid(p, {side, -78, -34}, {12, 12, 12})));
    if (surface < -width) return result;

    // Cortex: a ribbon along the surface and along sheets of CSF that reach into the brain.
    Eigen::Vector3d slope;
    const double level = folds_(p, &slope);
    const auto limited = [](double sheet, double beyond) { return std::hypot(sheet, std::max(0.0, beyond)); };
    const double sulcus = limited(std::abs(level) / std::max(slope.norm(), 0.03), surface - 15.0) - 0.8;
    const double middle = std::max(limited(p[0], surface - 36.0), -6.0 - p[2]) - 0.8;
    const double lateral = std::hypot(p[2] - (-15.0 + 0.37 * p[1]), std::max(0.0, 34.0 - std::abs(p[0])),
                                      std::max(0.0, std::abs(p[1] - 4.0) - 30.0)) -
                           1.4;
    const double grooves = std::min({sulcus, middle, lateral});
    const double brain = inside(surface);
    cover(TissueClass::grey_matter, brain);
    cover(TissueClass::white_matter, std::min(brain, inside(std::min(surface, grooves) - 3.3)));
    cover(TissueClass::csf, std::min(brain, inside(-grooves)));
    const double x = std::abs(p[0]);
    const Eigen::Vector3d half(x, p[1], p[2]);
    const double nuclei = std::max(ellipsoid(half, {11, 10, 4}, {8, 13, 9}), ellipsoid(half, {25, -6, 2}, {6, 17, 11}));
    cover(TissueClass::grey_matter, inside(nuclei));
    const double v = ventricle_;
    const double ventricles =
        std::max({ellipsoid(half, {10 + 0.12 * p[1], -2, 18 - 0.004 * p[1] * p[1]}, {5.5 * v, 34 * v, 7 * v}),
                  ellipsoid(p, {0, 4, 2}, {2.2 * v, 12, 9}), ellipsoid(p, {0, 30, -42}, {7 * v, 6 * v, 8 * v}),
                  ellipsoid(p, {0, -10, -38}, {15, 15, 11})});
    cover(TissueClass::csf, inside(ventricles));
    if (tumour_) add_tumour(position, inside, brain, result);
    return result;
  }

  const Eigen::Vector3d& tumour_centre() const { return centre_; }  ///< LPS mm
  double core_radius() const { return core_; }                      ///< mm
  double oedema_width() const { return oedema_; }                   ///< mm

 private:
  void place_tumour(const HeadShape& head) {
    const RandomStream random(head.seed, tumour_stream);
    core_ = head.core_radius.value_or(10.0 + 8.0 * random.uniform(0));
    oedema_ = head.oedema_width.value_or(5.0 + 8.0 * random.uniform(1));
    for (int axis = 0; axis < 3; ++axis) stretch_[axis] = std::exp(0.15 * std::clamp(random.normal(2 + axis), -1.5, 1.5));
    stretch_ /= std::cbrt(stretch_.prod());
    if (head.tumour_centre) {
      centre_ = *head.tumour_centre;
      require<OptionError>(brain_depth(centre_) > 0.0, "tumour_centre (", centre_[0], ", ", centre_[1], ", ", centre_[2],
                           ") lies outside the brain; give LPS mm, e.g. (30, 0, 20)");
      return;
    }
    double best = -1e300;  // in one hemisphere of the cerebrum, as far from its surface and the middle as the core needs
    for (std::uint64_t attempt = 0; attempt < 200 && best < 0.0; ++attempt) {
      Eigen::Vector3d unit;
      for (int axis = 0; axis < 3; ++axis) unit[axis] = 2.0 * random.uniform(16 + 3 * attempt + axis) - 1.0;
      const Eigen::Vector3d point = cerebrum_centre + cerebrum_radii.cwiseProduct(unit);
      const double room = std::min({ellipsoid(point, cerebrum_centre, cerebrum_radii) - 0.7 * core_ - 4.0,
                                    std::abs(point[0]) - 0.6 * core_ - 8.0, point[2] + 22.0});
      if (room > best) {
        best = room;
        centre_ = point.cwiseProduct(scale_);
      }
    }
  }

  /// A core with a ring of enhancing tumour, and oedema around it that spreads along white matter.
  template <class Inside>
  void add_tumour(const Eigen::Vector3d& position, const Inside& inside, double brain, TissueShares& result) const {
    const double away = (position - centre_).cwiseQuotient(stretch_).norm();
    if (away > 2.0 * (core_ + oedema_) + 10.0 || brain <= 0.0) return;
    const double shape = std::clamp(warp_(position), -2.0, 2.0);
    const double other = std::clamp(warp_(Eigen::Vector3d(position[1], position[2], position[0])), -2.0, 2.0);
    auto* share = result.data();
    const auto at = [](TissueClass tissue) { return static_cast<std::size_t>(tissue); };
    const auto swell = static_cast<float>(inside(core_ + oedema_ * (1.0 + 0.35 * other) - away * (1.0 + 0.10 * shape)));
    const float white = swell * share[at(TissueClass::white_matter)], grey = 0.5F * swell * share[at(TissueClass::grey_matter)];
    share[at(TissueClass::white_matter)] -= white;
    share[at(TissueClass::grey_matter)] -= grey;
    share[at(TissueClass::oedema)] += white + grey;
    const double edge = core_ - away * (1.0 + 0.14 * shape);
    const double mass = std::min(brain, inside(edge));
    if (mass <= 0.0) return;
    const double centre_part = enhancement_ ? std::min(mass, inside(edge - ring_ * (1.0 + 0.3 * other))) : mass;
    for (std::size_t k = 0; k < tissue_class_count; ++k) share[k] *= static_cast<float>(1.0 - mass);
    share[at(TissueClass::enhancing)] += static_cast<float>(mass - centre_part);
    share[at(TissueClass::non_enhancing)] += static_cast<float>(centre_part);
  }

  bool tumour_, enhancement_;
  double ring_, core_ = 0.0, oedema_ = 0.0, ventricle_ = 1.0;
  Eigen::Vector3d scale_ = Eigen::Vector3d::Ones(), centre_ = Eigen::Vector3d::Zero(), stretch_ = Eigen::Vector3d::Ones();
  RandomField folds_, warp_;
  std::vector<TubePiece> arteries_, veins_;
};

}  // namespace bolus::detail
