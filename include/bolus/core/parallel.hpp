#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <bolus/core/progress.hpp>

namespace bolus {

/// Threads to use when `threads` asks for that many: 0 means the environment variable BOLUS_NUM_THREADS or else every core.
/// Throws OptionError for a negative number.
inline int resolve_threads(int threads) {
  detail::require<OptionError>(threads >= 0, "threads is ", threads, "; expected 0 (all cores) or a positive number");
  if (threads > 0) return threads;
  if (const char* text = std::getenv("BOLUS_NUM_THREADS")) {
    char* end = nullptr;
    const long wanted = std::strtol(text, &end, 10);
    detail::require<OptionError>(*text != '\0' && *end == '\0' && wanted > 0 && wanted < 100000,
                                 "the environment variable BOLUS_NUM_THREADS is '", text, "'; expected a positive number");
    return static_cast<int>(wanted);
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Calls `body(begin, end)` for consecutive blocks of [0, count), `block` long, on up to `threads` threads.
///
/// Which thread runs a block is left open; where the blocks begin and end is not, so a body that writes only to its own
/// range gives the same bits on any number of threads. An exception stops the work; of several, that of the first block
/// is rethrown. `progress` is called from the calling thread only: before the work, after each block of that thread, and at
/// the end, so that even where other threads take every block it is heard when it asks to stop.
template <class Body>
void parallel_for(std::size_t count, std::size_t block, int threads, Body&& body, const Progress& progress = {},
                  std::string_view stage = "working") {
  detail::require<OptionError>(block > 0, "a block must hold at least one item");
  const std::size_t blocks = (count + block - 1) / block;
  std::atomic<std::size_t> next{0}, finished{0};
  std::atomic<bool> stop{false};
  std::mutex failure_lock;
  std::pair<std::size_t, std::exception_ptr> failure{blocks, nullptr};

  const auto fail = [&](std::size_t index) {
    const std::lock_guard lock(failure_lock);
    if (index < failure.first || !failure.second) failure = {index, std::current_exception()};
    stop = true;
  };
  const auto work = [&](bool reports) {
    while (!stop) {
      const std::size_t index = next++;
      if (index >= blocks) return;
      try {
        body(index * block, std::min(count, (index + 1) * block));
        const auto done = ++finished;
        if (reports) report(progress, stage, done, blocks);
      } catch (...) {
        fail(index);
      }
    }
  };

  const auto wanted =
      std::min<std::size_t>(static_cast<std::size_t>(resolve_threads(threads)), std::max<std::size_t>(blocks, 1));
  report(progress, stage, 0, blocks);
  std::vector<std::thread> team;
  for (std::size_t i = 1; i < wanted; ++i) team.emplace_back(work, false);
  work(true);
  for (auto& thread : team) thread.join();
  if (failure.second) std::rethrow_exception(failure.second);
  report(progress, stage, blocks, blocks);
}

/// Sums `body(begin, end)` over the blocks of [0, count) in the order of the blocks: the same bits on any number of threads.
template <class Value, class Body>
Value parallel_sum(std::size_t count, std::size_t block, int threads, Value zero, Body&& body) {
  detail::require<OptionError>(block > 0, "a block must hold at least one item");
  std::vector<Value> parts((count + block - 1) / block, zero);
  parallel_for(count, block, threads, [&](std::size_t begin, std::size_t end) { parts[begin / block] = body(begin, end); });
  for (const auto& part : parts) zero += part;
  return zero;
}

}  // namespace bolus
