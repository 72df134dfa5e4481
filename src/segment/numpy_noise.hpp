#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

namespace bolus::detail {

/// The numbers of `numpy.random.seed(seed); numpy.random.normal(...)`, bit for bit: Mersenne Twister and the polar method, of
/// whose pairs the second number is handed out first.
class NumpyNoise {
 public:
  explicit NumpyNoise(std::uint32_t seed) : engine_(seed) {}

  double normal() {
    if (has_second_) {
      has_second_ = false;
      return factor() * first_;
    }
    draw();
    has_second_ = true;
    return factor() * second_;
  }

  /// The same state as after `count` calls of `normal`, without the logarithms.
  void skip(std::size_t count) {
    if (count > 0 && has_second_) {
      has_second_ = false;
      --count;
    }
    for (; count > 1; count -= 2) draw();
    if (count == 1) {
      draw();
      has_second_ = true;
    }
  }

 private:
  double uniform() {
    const auto high = engine_() >> 5, low = engine_() >> 6;
    return (static_cast<double>(high) * 67108864.0 + static_cast<double>(low)) / 9007199254740992.0;
  }

  void draw() {
    do {
      first_ = 2.0 * uniform() - 1.0;
      second_ = 2.0 * uniform() - 1.0;
      square_ = first_ * first_ + second_ * second_;
    } while (square_ >= 1.0 || square_ == 0.0);
  }

  double factor() const { return std::sqrt(-2.0 * std::log(square_) / square_); }

  std::mt19937 engine_;
  double first_ = 0.0, second_ = 0.0, square_ = 0.0;
  bool has_second_ = false;
};

}  // namespace bolus::detail
