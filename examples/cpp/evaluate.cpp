// Two models on the same patients: areas with their intervals, the test of their difference, and rates at a threshold.
#include <cstdio>
#include <vector>

#include <bolus/core/random.hpp>
#include <bolus/evaluate/compare_auc.hpp>
#include <bolus/evaluate/confusion_matrix.hpp>

int main() {
  const bolus::RandomStream random(0, 0);
  std::vector<int> idh_mutant, predicted;
  std::vector<double> network, age;
  std::vector<std::string> patients;
  for (std::uint64_t i = 0; i < 400; ++i) {  // 50 patients with 8 windows each
    idh_mutant.push_back(i / 8 % 3 == 0);
    patients.push_back("P" + std::to_string(i / 8));
    network.push_back(idh_mutant.back() + random.normal(i));
    age.push_back(0.5 * idh_mutant.back() + random.normal(1000 + i));
    predicted.push_back(network.back() > 0.5);
  }

  const auto area = bolus::Bootstrap{.replicates = 500}(idh_mutant, network, patients);  // draws patients, not windows
  std::printf("network %.3f (%.3f to %.3f)\n", area.estimate, area.low, area.high);
  const auto test = bolus::CompareAuc{}(idh_mutant, network, age, patients);
  std::printf("against age: difference %.3f (%.3f to %.3f), P = %.2g\n", test.difference, test.low, test.high, test.p_value);
  const auto matrix = bolus::confusion_matrix(idh_mutant, predicted);
  std::printf("sensitivity %.2f, specificity %.2f\n", matrix.sensitivity(), matrix.specificity());
}
