#include "all_headers.hpp"

const void* philox_of_second_file() { return reinterpret_cast<const void*>(&bolus::philox4x32); }

double mean_of_second_file(int threads) {
  return bolus::parallel_sum(1000, 10, threads, 0.0,
                             [](std::size_t begin, std::size_t end) {
                               double sum = 0.0;
                               for (std::size_t i = begin; i < end; ++i) sum += bolus::RandomStream(1, 2).uniform(i);
                               return sum;
                             }) /
         1000.0;
}
