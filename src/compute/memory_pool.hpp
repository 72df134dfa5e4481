#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace bolus::detail {

/// Memory that is kept from step to step, aligned for every vector. Several threads may use it.
template <class Number>
class MemoryPool : public std::enable_shared_from_this<MemoryPool<Number>> {
 public:
  struct Release {
    std::shared_ptr<MemoryPool> pool;
    std::size_t size = 0;
    void operator()(Number* memory) const;
  };
  using Memory = std::unique_ptr<Number[], Release>;

  ~MemoryPool();

  /// At least `size` numbers of any value.
  Memory take(std::size_t size);

 private:
  std::mutex lock_;
  std::vector<std::pair<std::size_t, Number*>> free_;
};

}  // namespace bolus::detail
