#include <array>
#include <bolus/core/random.hpp>
#include <bolus/model/hyper_parameters.hpp>
#include <cmath>
#include <functional>
#include <string_view>

namespace bolus {
namespace {

using detail::require;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

std::string text_of(const ParameterValue& value) {
  return std::visit(
      Overloaded{[](const std::string& text) { return text; }, [](auto number) { return detail::message(number); }}, value);
}

double number_of(const std::string& name, const ParameterValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  const auto* number = std::get_if<double>(&value);
  require<OptionError>(number != nullptr, name, " is '", text_of(value), "'; expected a number");
  return *number;
}

std::size_t size_of(const std::string& name, const ParameterValue& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  require<OptionError>(whole != nullptr && *whole >= 0, name, " is ", text_of(value),
                       "; expected a whole number of at least 0");
  return static_cast<std::size_t>(*whole);
}

template <class Choice, std::size_t count>
Choice choice_of(const std::string& name, const ParameterValue& value, const std::array<std::string_view, count>& names) {
  const auto* text = std::get_if<std::string>(&value);
  std::string known;
  for (std::size_t i = 0; i < count; ++i) {
    if (text && *text == names[i]) return static_cast<Choice>(i);
    known += (known.empty() ? "'" : ", '") + std::string(names[i]) + "'";
  }
  throw OptionError(detail::message(name, " is '", text_of(value), "'; expected one of ", known));
}

using Setter = std::function<void(IDHClassifier&, const std::string&, const ParameterValue&)>;

Setter size_setter(std::size_t IDHClassifier::* member) {
  return [=](IDHClassifier& c, const std::string& name, const ParameterValue& value) { c.*member = size_of(name, value); };
}

Setter number_setter(double IDHClassifier::* member) {
  return [=](IDHClassifier& c, const std::string& name, const ParameterValue& value) { c.*member = number_of(name, value); };
}

template <class Choice, std::size_t count>
Setter choice_setter(Choice IDHClassifier::* member, const std::array<std::string_view, count>& names) {
  return [=](IDHClassifier& c, const std::string& name, const ParameterValue& value) {
    c.*member = choice_of<Choice>(name, value, names);
  };
}

const std::map<std::string, Setter>& setters() {
  using C = IDHClassifier;
  using Names = std::array<std::string_view, 2>;
  static const std::map<std::string, Setter> all{
      {"hidden_size", size_setter(&C::hidden_size)},
      {"convolution_channels", size_setter(&C::convolution_channels)},
      {"kernel_size", size_setter(&C::kernel_size)},
      {"attention_activation", choice_setter(&C::attention_activation, Names{"none", "tanh"})},
      {"dropout", number_setter(&C::dropout)},
      {"learning_rate", number_setter(&C::learning_rate)},
      {"batch_size", size_setter(&C::batch_size)},
      {"max_epochs", size_setter(&C::max_epochs)},
      {"patience", size_setter(&C::patience)},
      {"validation_fraction", number_setter(&C::validation_fraction)},
      {"class_weights", choice_setter(&C::class_weights, Names{"balanced", "none"})},
      {"weight_decay", number_setter(&C::weight_decay)},
      {"gradient_clip", number_setter(&C::gradient_clip)},
      {"lstm_layers", size_setter(&C::lstm_layers)},
      {"convolution_layers", size_setter(&C::convolution_layers)},
      {"attention_hidden_size", size_setter(&C::attention_hidden_size)},
      {"optimizer", choice_setter(&C::optimizer, Names{"adam", "adamw"})},
      {"loss", choice_setter(&C::loss, Names{"cross_entropy", "focal"})},
      {"focal_gamma", number_setter(&C::focal_gamma)},
      {"schedule", choice_setter(&C::schedule, std::array<std::string_view, 3>{"constant", "cosine", "plateau"})},
      {"warmup_epochs", size_setter(&C::warmup_epochs)},
      {"early_stopping", choice_setter(&C::early_stopping, Names{"loss", "auc"})},
      {"batches", choice_setter(&C::batches, Names{"shuffled", "mixed"})},
      {"augment_shift", size_setter(&C::augment_shift)},
      {"augment_noise", number_setter(&C::augment_noise)},
      {"augment_scale", number_setter(&C::augment_scale)},
      {"engine", choice_setter(&C::engine, Names{"fused", "libtorch"})}};
  return all;
}

/// A stream of random numbers for each name.
std::uint64_t stream_of(const std::string& name) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
  return hash;
}

ParameterValue draw(const std::string& name, const ParameterRange& range, double uniform) {
  require<OptionError>(std::isfinite(range.low) && std::isfinite(range.high) && range.low <= range.high, "the range of ", name,
                       " goes from ", range.low, " to ", range.high, "; expected two numbers, the smaller first");
  require<OptionError>(!range.logarithmic || range.low > 0.0, "the logarithmic range of ", name, " starts at ", range.low,
                       "; expected a positive number");
  const double low = range.integer ? std::ceil(range.low) - 0.5 : range.low;
  const double high = range.integer ? std::floor(range.high) + 0.5 : range.high;
  require<OptionError>(low < high || !range.integer, "the range of ", name, " holds no whole number");
  const double value =
      range.logarithmic ? std::exp(std::log(low) + uniform * (std::log(high) - std::log(low))) : low + uniform * (high - low);
  if (range.integer) return static_cast<std::int64_t>(std::min(std::round(value), std::floor(range.high)));
  return std::min(std::max(value, range.low), range.high);
}

}  // namespace

std::vector<Parameters> parameter_grid(const std::map<std::string, std::vector<ParameterValue>>& values) {
  std::vector<Parameters> grid{{}};
  for (const auto& [name, choices] : values) {
    require<OptionError>(!choices.empty(), "there is no value to try for ", name);
    require<OptionError>(grid.size() * choices.size() <= 100000, "the grid has more than 100000 combinations; draw at random");
    std::vector<Parameters> longer;
    for (const auto& parameters : grid) {
      for (const auto& value : choices) {
        longer.push_back(parameters);
        longer.back()[name] = value;
      }
    }
    grid = std::move(longer);
  }
  return grid;
}

std::vector<Parameters> random_parameters(const ParameterSpace& space, int count, std::uint64_t seed) {
  require<OptionError>(count > 0 && count <= 100000, "count is ", count, "; expected 1 to 100000");
  std::vector<Parameters> drawn(static_cast<std::size_t>(count));
  for (const auto& [name, choices] : space) {
    const RandomStream random(seed, stream_of(name));
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      if (const auto* list = std::get_if<std::vector<ParameterValue>>(&choices)) {
        require<OptionError>(!list->empty(), "there is no value to try for ", name);
        drawn[i][name] = (*list)[random.below(i, list->size())];
      } else {
        drawn[i][name] = draw(name, std::get<ParameterRange>(choices), random.uniform(i));
      }
    }
  }
  return drawn;
}

IDHClassifier with_parameters(IDHClassifier classifier, const Parameters& parameters) {
  for (const auto& [name, value] : parameters) {
    const auto found = setters().find(name);
    if (found == setters().end()) {
      std::string known;
      for (const auto& [other, setter] : setters()) known += (known.empty() ? "" : ", ") + other;
      throw OptionError(detail::message("the classifier has no option '", name, "' to search over; there are: ", known));
    }
    found->second(classifier, name, value);
  }
  classifier.validate();
  return classifier;
}

std::string to_string(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) text += (text.empty() ? "" : ", ") + name + "=" + text_of(value);
  return text;
}

}  // namespace bolus
