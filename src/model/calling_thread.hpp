#pragma once
#include <atomic>
#include <bolus/core/error.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace bolus::detail {

/// Lets work that runs on other threads ask the thread that started it, which waits meanwhile.
class CallingThread {
 public:
  /// Runs `work` on a thread of its own. Until it ends, this thread answers what is asked and calls `tick` every 50 ms. When an
  /// answer or `tick` throws, `stop` is set, `work` is waited for, and that exception is rethrown; else the one `work` threw.
  void serve(const std::function<void()>& work, const std::function<void()>& tick, std::atomic<bool>& stop) {
    std::exception_ptr failure, own_failure;
    std::thread worker([&] {
      try {
        work();
      } catch (...) {
        failure = std::current_exception();
      }
      const std::lock_guard guard(lock_);
      ended_ = true;
      changed_.notify_all();
    });
    auto next_tick = clock::now() + interval;
    std::unique_lock guard(lock_);
    while (!ended_) {
      changed_.wait_until(guard, next_tick, [&] { return ended_ || question_; });
      try {
        if (question_ && !own_failure) {
          guard.unlock();
          const bool answer = (*question_)();
          guard.lock();
          answer_ = answer;
          question_ = nullptr;
          changed_.notify_all();
        }
        if (!own_failure && clock::now() >= next_tick) {
          next_tick = clock::now() + interval;
          guard.unlock();
          tick();
          guard.lock();
        }
      } catch (...) {
        if (!guard.owns_lock()) guard.lock();
        own_failure = std::current_exception();
      }
      if (!own_failure) continue;
      stop = true;
      question_ = nullptr;
      gone_ = true;
      changed_.notify_all();
      changed_.wait(guard, [&] { return ended_; });
    }
    guard.unlock();
    worker.join();
    if (own_failure) std::rethrow_exception(own_failure);
    if (failure) std::rethrow_exception(failure);
  }

  /// From the work: what the starting thread answers. Throws Cancelled when it has given up.
  bool ask(const std::function<bool()>& question) {
    std::unique_lock guard(lock_);
    if (!gone_) question_ = &question;
    changed_.notify_all();
    changed_.wait(guard, [&] { return gone_ || !question_; });
    require<Cancelled>(!gone_, "stopped during training");
    return answer_;
  }

 private:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds interval{50};

  std::mutex lock_;
  std::condition_variable changed_;
  const std::function<bool()>* question_ = nullptr;
  bool answer_ = false, ended_ = false, gone_ = false;
};

}  // namespace bolus::detail
