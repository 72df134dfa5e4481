#pragma once
#include <bolus/model/idh_classifier.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace bolus {

/// A value of one option: a whole number, a number, or the name of a choice.
using ParameterValue = std::variant<std::int64_t, double, std::string>;

/// Options to try, by the names they have in `IDHClassifier`.
using Parameters = std::map<std::string, ParameterValue>;

/// A range to draw a number from.
struct ParameterRange {
  double low = 0.0;          ///< smallest value
  double high = 1.0;         ///< largest value
  bool logarithmic = false;  ///< draw the logarithm evenly, as fits a learning rate; low must then be positive
  bool integer = false;      ///< whole numbers, both ends included

  bool operator==(const ParameterRange&) const = default;
};

/// What to draw each option from: a range, or a list of values.
using ParameterSpace = std::map<std::string, std::variant<ParameterRange, std::vector<ParameterValue>>>;

/// Every combination of the values, the last name changing fastest. Throws OptionError for an option without values.
std::vector<Parameters> parameter_grid(const std::map<std::string, std::vector<ParameterValue>>& values);

/// `count` independent draws (Bergstra and Bengio, J Mach Learn Res 2012;13:281). Draw i of an option depends on the seed, the
/// option's name and i alone, so more draws, or more options, leave the others as they are. Throws OptionError.
std::vector<Parameters> random_parameters(const ParameterSpace& space, int count, std::uint64_t seed = 0);

/// The classifier with these options changed. Throws OptionError for a name that is no option, a value of another kind, or one
/// out of range.
IDHClassifier with_parameters(IDHClassifier classifier, const Parameters& parameters);

/// E.g. "hidden_size=8, learning_rate=0.001".
std::string to_string(const Parameters& parameters);

}  // namespace bolus
