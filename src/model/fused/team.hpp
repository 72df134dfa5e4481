#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bolus::detail::fused {

/// Threads that stay: a training step is shorter than it takes to start one. Between calls they watch for a while, then sleep.
class Team {
 public:
  /// `threads`: how many compute, the calling one among them. They start with the first call that has work for them.
  explicit Team(int threads) : threads_(threads) {}
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return threads_; }

  /// Calls `job(worker, index)` for each index in [0, count), worker in [0, threads). `job` must not throw. While one thread is
  /// in here, others that call compute alone, as worker 0.
  void run(std::size_t count, const std::function<void(int, std::size_t)>& job);

 private:
  void work(int worker);
  void take(int worker);

  int threads_;
  std::mutex busy_;
  std::vector<std::thread> members_;
  const std::function<void(int, std::size_t)>* job_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint32_t> call_{0};
  std::atomic<int> working_{0};
  bool ends_ = false;
};

}  // namespace bolus::detail::fused
