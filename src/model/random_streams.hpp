#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace bolus::detail {

/// The uses of randomness in a training. Each has streams of its own, so that none depends on how much another draws.
enum class Randomness : std::uint64_t { weights = 1, order = 2, dropout = 3, augmentation = 4, noise = 5 };

constexpr std::uint64_t random_stream(Randomness use, std::uint64_t index) {
  return (static_cast<std::uint64_t>(use) << 48) | index;
}

/// The names, with commas between them, for a message.
inline std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace bolus::detail
