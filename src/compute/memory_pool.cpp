#include "memory_pool.hpp"

#include <new>

namespace bolus::detail {

template <class Number>
MemoryPool<Number>::~MemoryPool() {
  for (const auto& [size, memory] : free_) ::operator delete(memory, std::align_val_t{64});
}

template <class Number>
typename MemoryPool<Number>::Memory MemoryPool<Number>::take(std::size_t size) {
  {
    const std::lock_guard guard(lock_);
    auto best = free_.end();
    for (auto place = free_.begin(); place != free_.end(); ++place) {
      if (place->first >= size && (best == free_.end() || place->first < best->first)) best = place;
    }
    if (best != free_.end() && best->first <= 4 * size) {
      const auto [found, memory] = *best;
      free_.erase(best);
      return Memory(memory, {this->shared_from_this(), found});
    }
  }
  auto* memory = static_cast<Number*>(::operator new(size * sizeof(Number), std::align_val_t{64}));
  return Memory(memory, {this->shared_from_this(), size});
}

template <class Number>
void MemoryPool<Number>::Release::operator()(Number* memory) const {
  const std::lock_guard guard(pool->lock_);
  constexpr std::size_t most = 16;
  if (pool->free_.size() >= most) {
    ::operator delete(pool->free_.front().second, std::align_val_t{64});
    pool->free_.erase(pool->free_.begin());
  }
  pool->free_.emplace_back(size, memory);
}

template class MemoryPool<float>;
template class MemoryPool<double>;

}  // namespace bolus::detail
