// 1000 bootstrap areas under the ROC curve in C++ alone; benchmarks/bootstrap_auc.py sets the same beside scikit-learn.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include <bolus/core/random.hpp>
#include <bolus/evaluate/bootstrap.hpp>

namespace {

double median_milliseconds(std::size_t samples, int threads) {
  const bolus::RandomStream random(1, samples);
  std::vector<int> labels(samples);
  std::vector<double> scores(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    labels[i] = random.uniform(2 * i) < 0.27 ? 1 : 0;  // the paper's share of mutants
    scores[i] = labels[i] + random.normal(2 * i + 1);
  }
  const bolus::Bootstrap bootstrap{.threads = threads};
  std::vector<double> times;
  for (int repeat = 0; repeat < 15; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    bootstrap(labels, scores);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + 7, times.end());
  return times[7];
}

}  // namespace

int main() {
  for (const std::size_t samples : {463, 3704}) {
    std::printf("%5zu samples: %7.2f ms on one thread, %7.2f ms on all cores\n", samples, median_milliseconds(samples, 1),
                median_milliseconds(samples, 0));
  }
}
