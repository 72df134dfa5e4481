#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <bolus/core/error.hpp>

namespace bolus {

/// Where a long step stands.
struct ProgressEvent {
  std::string_view stage;  ///< e.g. "training"
  std::size_t done = 0;
  std::size_t total = 0;  ///< 0 when not known
};

/// Called now and then from the thread that called the step, never from another. Return false to stop: the step then
/// throws `Cancelled` and leaves nothing half done.
using Progress = std::function<bool(const ProgressEvent&)>;

/// Reports to a callback that may be empty. Throws Cancelled when it returns false.
inline void report(const Progress& progress, std::string_view stage, std::size_t done, std::size_t total) {
  if (progress && !progress(ProgressEvent{stage, done, total})) {
    throw Cancelled(detail::message("stopped during ", stage, " (", done, " of ", total, ")"));
  }
}

}  // namespace bolus
