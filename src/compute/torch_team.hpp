#pragma once
#include <atomic>
#include <cstddef>
#include <functional>

namespace bolus::detail {

/// Runs `job(i)` for i in [0, count) on up to `threads` threads of its own, on each of which LibTorch computes with one thread.
/// So the bits do not depend on `threads`, on torch.set_num_threads, or on what the caller's thread was set to, and nothing of
/// that is changed for the caller.
///
/// The calling thread waits and calls `tick` every 50 ms. When `tick` or a job throws, `stop` is set, which long jobs look at;
/// all threads end, and the exception (of several jobs, that of the first) is rethrown.
void run_on_torch_threads(std::size_t count, int threads, const std::function<void(std::size_t)>& job,
                          const std::function<void()>& tick, std::atomic<bool>& stop);

}  // namespace bolus::detail
