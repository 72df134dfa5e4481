#pragma once
#include <optional>

#include <bolus/core/image.hpp>

namespace bolus {

/// How a DSC series was acquired. What a reader cannot find stays empty; a step that needs it says so.
struct PerfusionProtocol {
  std::optional<double> echo_time{};        ///< TE, s
  std::optional<double> repetition_time{};  ///< TR, s
  std::optional<double> flip_angle{};       ///< degrees
  std::optional<double> field_strength{};   ///< T
  bool simulated = false;                   ///< not acquired at all

  /// TE in s. Throws DataError when it is unknown or not positive.
  double required_echo_time() const {
    detail::require<DataError>(echo_time.has_value(),
                               "the echo time of the DSC series is not known; give it in seconds, e.g. echo_time=0.030");
    detail::require<DataError>(*echo_time > 0.0 && *echo_time < 1.0, "echo time ", *echo_time,
                               " s is impossible; expected seconds between 0 and 1 (30 ms is 0.030)");
    return *echo_time;
  }
};

/// A 4-D DSC series: T2*-weighted signal on one grid at increasing times. In memory x is fastest and time slowest.
class PerfusionSeries {
 public:
  PerfusionSeries() = default;

  /// A series of zeros. `times` in s, strictly increasing, at least one. Throws DataError, GeometryError.
  PerfusionSeries(const Geometry& geometry, Eigen::VectorXd times, PerfusionProtocol protocol = {})
      : geometry_(geometry), times_(std::move(times)), protocol_(protocol) {
    validate();
    const auto count = geometry_.voxel_count() * frames();
    try {
      data_ = std::shared_ptr<float>(new float[count](), std::default_delete<float[]>());
    } catch (const std::bad_alloc&) {
      throw DataError(
          detail::message("no memory for a series of ", geometry_.voxel_count(), " voxels x ", frames(), " volumes"));
    }
  }

  /// Uses `data` in place (voxels x frames values); `owner` is held as long as the series needs the buffer.
  static PerfusionSeries wrap(const Geometry& geometry, Eigen::VectorXd times, PerfusionProtocol protocol, float* data,
                              std::shared_ptr<void> owner) {
    PerfusionSeries series;
    series.geometry_ = geometry;
    series.times_ = std::move(times);
    series.protocol_ = protocol;
    series.validate();
    series.data_ = std::shared_ptr<float>(std::move(owner), data);
    return series;
  }

  PerfusionSeries(const PerfusionSeries& other) : geometry_(other.geometry_), times_(other.times_), protocol_(other.protocol_) {
    if (!other.data_) return;
    const auto count = voxel_count() * frames();
    data_ = std::shared_ptr<float>(new float[count], std::default_delete<float[]>());
    std::copy_n(other.data_.get(), count, data_.get());
  }
  PerfusionSeries& operator=(const PerfusionSeries& other) {
    if (this != &other) *this = PerfusionSeries(other);
    return *this;
  }
  PerfusionSeries(PerfusionSeries&&) noexcept = default;
  PerfusionSeries& operator=(PerfusionSeries&&) noexcept = default;
  ~PerfusionSeries() = default;

  const Geometry& geometry() const { return geometry_; }
  const Eigen::VectorXd& times() const { return times_; }  ///< s from the first volume on
  const PerfusionProtocol& protocol() const { return protocol_; }
  std::size_t voxel_count() const { return geometry_.voxel_count(); }
  std::size_t frames() const { return static_cast<std::size_t>(times_.size()); }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::span<float> frame(std::size_t t) { return {data() + t * voxel_count(), voxel_count()}; }
  std::span<const float> frame(std::size_t t) const { return {data() + t * voxel_count(), voxel_count()}; }
  const std::shared_ptr<float>& shared_data() const { return data_; }

 private:
  void validate() const {
    geometry_.validate();
    detail::require<DataError>(times_.size() > 0, "a perfusion series needs at least one volume");
    detail::require<DataError>(times_.allFinite(), "the time stamps of the series hold NaN or infinity");
    for (Eigen::Index t = 1; t < times_.size(); ++t) {
      detail::require<DataError>(times_[t] > times_[t - 1], "time stamps must increase: volume ", t, " is at ", times_[t],
                                 " s, the one before at ", times_[t - 1], " s; sort the volumes first");
    }
  }

  Geometry geometry_;
  Eigen::VectorXd times_;
  PerfusionProtocol protocol_;
  std::shared_ptr<float> data_;
};

}  // namespace bolus
