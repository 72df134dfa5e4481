// One of two files that include every header of core, dsc, simulate and evaluate: a function that is not inline is defined
// twice and does not link.
#include "all_headers.hpp"

const void* philox_of_second_file();
double mean_of_second_file(int threads);

int main() {
  const auto mean = [](int threads) {
    return bolus::parallel_sum(1000, 10, threads, 0.0,
                               [](std::size_t begin, std::size_t end) {
                                 double sum = 0.0;
                                 for (std::size_t i = begin; i < end; ++i) sum += bolus::RandomStream(1, 2).uniform(i);
                                 return sum;
                               }) /
           1000.0;
  };
  const bool one_definition = reinterpret_cast<const void*>(&bolus::philox4x32) == philox_of_second_file();
  const bool same_number = mean(1) == mean_of_second_file(2) && mean(1) > 0.4 && mean(1) < 0.6;
  return one_definition && same_number ? 0 : 1;
}
