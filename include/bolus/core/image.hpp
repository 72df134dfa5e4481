#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include <bolus/core/geometry.hpp>

namespace bolus {

/// A 3-D image: a buffer of voxels (x fastest) and where they lie. Copying copies the voxels; moving does not. The buffer
/// may belong to someone else (an ITK image, a numpy array) and is then kept alive, not copied: see `wrap`.
template <class T>
class Image {
 public:
  using value_type = T;

  Image() = default;

  /// A new image with every voxel `fill`. Throws GeometryError for an impossible geometry, DataError if memory is short.
  explicit Image(const Geometry& geometry, T fill = T{}) : geometry_(geometry) {
    geometry_.validate();
    allocate();
    std::fill_n(data_.get(), size(), fill);
  }

  /// Uses `data` in place (voxel_count values, x fastest); `owner` is held as long as the image needs the buffer.
  static Image wrap(const Geometry& geometry, T* data, std::shared_ptr<void> owner) {
    geometry.validate();
    detail::require<DataError>(data != nullptr, "cannot wrap an image around no memory");
    Image image;
    image.geometry_ = geometry;
    image.data_ = std::shared_ptr<T>(std::move(owner), data);
    return image;
  }

  Image(const Image& other) : geometry_(other.geometry_) {
    if (!other.data_) return;
    allocate();
    std::copy_n(other.data_.get(), size(), data_.get());
  }
  Image& operator=(const Image& other) {
    if (this != &other) *this = Image(other);
    return *this;
  }
  Image(Image&&) noexcept = default;
  Image& operator=(Image&&) noexcept = default;
  ~Image() = default;

  const Geometry& geometry() const { return geometry_; }
  std::size_t size() const { return data_ ? geometry_.voxel_count() : 0; }
  bool empty() const { return size() == 0; }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::span<T> values() { return {data(), size()}; }
  std::span<const T> values() const { return {data(), size()}; }

  T& operator()(std::int64_t x, std::int64_t y, std::int64_t z) { return data()[offset(x, y, z)]; }
  const T& operator()(std::int64_t x, std::int64_t y, std::int64_t z) const { return data()[offset(x, y, z)]; }

  /// The buffer together with what keeps it alive, for wrapping it elsewhere without a copy.
  const std::shared_ptr<T>& shared_data() const { return data_; }

 private:
  void allocate() {
    try {
      data_ = std::shared_ptr<T>(new T[geometry_.voxel_count()], std::default_delete<T[]>());
    } catch (const std::bad_alloc&) {
      throw DataError(
          detail::message("no memory for an image of ", geometry_.voxel_count(), " voxels of ", sizeof(T), " bytes"));
    }
  }
  std::size_t offset(std::int64_t x, std::int64_t y, std::int64_t z) const {
    return static_cast<std::size_t>(x + geometry_.size[0] * (y + geometry_.size[1] * z));
  }

  Geometry geometry_;
  std::shared_ptr<T> data_;
};

/// Voxels that take part are not 0.
using Mask = Image<std::uint8_t>;

/// Throws GeometryError unless `image` lies on the grid `expected`. `what` and `reference` name them in the message.
inline void require_same_space(const Geometry& found, const Geometry& expected, const std::string& what,
                               const std::string& reference) {
  const std::string difference = found.difference(expected);
  detail::require<GeometryError>(difference.empty(), what, " does not lie on the grid of ", reference, ": ", difference,
                                 "; resample one onto the other first");
}

}  // namespace bolus
