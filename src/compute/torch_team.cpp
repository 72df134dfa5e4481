#include "torch_team.hpp"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <bolus/core/parallel.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace bolus::detail {
namespace {

/// LibTorch writes its warnings to standard error, which belongs to the program and not to a library.
class NoWarnings : public c10::WarningHandler {
 public:
  void process(const c10::Warning& /*warning*/) override {}
};

/// One LibTorch thread for the calling thread, which must be new. at::set_num_threads sets the calling thread's number, but
/// also the one that threads get which start later; a second new thread sets that one back at once.
void use_one_torch_thread() {
  static std::mutex lock;
  const std::lock_guard guard(lock);
  const int for_new_threads = at::get_num_threads();
  if (for_new_threads == 1) return;
  at::set_num_threads(1);
  std::thread([for_new_threads] { at::set_num_threads(for_new_threads); }).join();
}

}  // namespace

void run_on_torch_threads(std::size_t count, int threads, const std::function<void(std::size_t)>& job,
                          const std::function<void()>& tick, std::atomic<bool>& stop) {
  if (count == 0) return;
  std::mutex lock;
  std::condition_variable ended;
  std::size_t next = 0, running = 0;
  std::pair<std::size_t, std::exception_ptr> failure{count, nullptr};
  std::exception_ptr stopped_by_caller;

  const auto work = [&] {
    static NoWarnings silent;
    c10::WarningUtils::set_warning_handler(&silent);  // of this thread, which ends with the work
    std::size_t index = 0;
    try {
      use_one_torch_thread();
      while (true) {
        {
          const std::lock_guard guard(lock);
          if (stop || next >= count) break;
          index = next++;
        }
        job(index);
      }
    } catch (...) {
      const std::lock_guard guard(lock);
      if (index < failure.first || !failure.second) failure = {index, std::current_exception()};
      stop = true;
    }
    const std::lock_guard guard(lock);
    --running;
    ended.notify_all();
  };

  const auto size = std::min<std::size_t>(static_cast<std::size_t>(resolve_threads(threads)), count);
  std::vector<std::thread> team;
  try {
    for (std::size_t i = 0; i < size; ++i) {
      {
        const std::lock_guard guard(lock);
        ++running;
      }
      try {
        team.emplace_back(work);
      } catch (...) {
        const std::lock_guard guard(lock);
        --running;
        throw;
      }
    }
    std::unique_lock guard(lock);
    while (!ended.wait_for(guard, std::chrono::milliseconds(50), [&] { return running == 0; })) {
      guard.unlock();
      tick();
      guard.lock();
    }
  } catch (...) {
    stopped_by_caller = std::current_exception();
    stop = true;
  }
  for (auto& thread : team) thread.join();
  if (stopped_by_caller) std::rethrow_exception(stopped_by_caller);
  if (failure.second) std::rethrow_exception(failure.second);
}

}  // namespace bolus::detail
