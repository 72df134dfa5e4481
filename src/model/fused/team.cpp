#include "team.hpp"

#include <chrono>

namespace bolus::detail::fused {
namespace {

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// About as long as LibTorch takes between two calls of a step.
constexpr auto watch = std::chrono::microseconds(200);

}  // namespace

Team::~Team() {
  if (members_.empty()) return;
  ends_ = true;
  call_.fetch_add(1);
  call_.notify_all();
  for (auto& member : members_) member.join();
}

void Team::take(int worker) {
  for (auto index = next_.fetch_add(1); index < count_; index = next_.fetch_add(1)) (*job_)(worker, index);
}

void Team::work(int worker) {
  std::uint32_t seen = 0;
  while (true) {
    const auto begin = std::chrono::steady_clock::now();
    while (call_.load() == seen && std::chrono::steady_clock::now() - begin < watch) {
      for (int i = 0; i < 16; ++i) pause();
    }
    call_.wait(seen);
    ++seen;
    if (ends_) return;
    take(worker);
    working_.fetch_sub(1);
  }
}

void Team::run(std::size_t count, const std::function<void(int, std::size_t)>& job) {
  const std::unique_lock guard(busy_, std::try_to_lock);
  if (count < 2 || threads_ < 2 || !guard) {
    for (std::size_t index = 0; index < count; ++index) job(0, index);
    return;
  }
  while (members_.size() + 1 < static_cast<std::size_t>(threads_)) {
    const int worker = static_cast<int>(members_.size()) + 1;
    if (call_.load() != 0) break;  // all start before the first call
    members_.emplace_back([this, worker] { work(worker); });
  }
  job_ = &job;
  count_ = count;
  next_ = 0;
  working_ = static_cast<int>(members_.size());
  call_.fetch_add(1);
  call_.notify_all();
  take(0);
  for (int i = 0; working_.load() != 0; ++i) {
    if (i < 4096) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace bolus::detail::fused
