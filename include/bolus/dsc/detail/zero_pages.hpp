#pragma once
#include <cstddef>
#include <cstdlib>
#include <memory>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace bolus::detail {

/// Memory for `count` floats, all 0, that costs nothing where it is never touched; nullptr when there is none. On Linux it asks
/// for large pages, without which handing out the pages takes longer than filling them.
inline std::shared_ptr<float> zero_pages(std::size_t count) {
  const std::size_t bytes = count * sizeof(float);
#if defined(__linux__)
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  ::madvise(memory, bytes, MADV_HUGEPAGE);
  return {static_cast<float*>(memory), [bytes](float* data) { ::munmap(data, bytes); }};
#else
  return {static_cast<float*>(std::calloc(bytes, 1)), [](float* data) { std::free(data); }};
#endif
}

}  // namespace bolus::detail
