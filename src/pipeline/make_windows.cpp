#include <bolus/pipeline/make_windows.hpp>

#include <algorithm>

namespace bolus {
namespace {

using detail::message;
using detail::require;

void require_signals(const CurveSet& curves) {
  curves.validate();
  require<DataError>(
      curves.quantity == CurveQuantity::signal,
      "the model takes T2*-weighted signal curves; these are of another quantity: give them before dR2* and normalisation");
}

/// The network's channels in its order; all of the curves where it does not name them.
CurveSet channels_of(const CurveSet& signals, const AttentionLSTM& network) {
  if (network.channel_names.empty()) return signals;
  CurveSet chosen = signals;
  chosen.names = network.channel_names;
  chosen.values.resize(signals.times.size(), static_cast<Eigen::Index>(chosen.names.size()));
  chosen.voxel_counts.clear();
  std::string missing;
  for (std::size_t i = 0; i < chosen.names.size(); ++i) {
    const auto found = std::find(signals.names.begin(), signals.names.end(), chosen.names[i]);
    if (found == signals.names.end()) {
      missing += (missing.empty() ? "" : ", ") + chosen.names[i];
      continue;
    }
    const auto source = found - signals.names.begin();
    chosen.values.col(static_cast<Eigen::Index>(i)) = signals.values.col(source);
    if (!signals.voxel_counts.empty()) chosen.voxel_counts.push_back(signals.voxel_counts[static_cast<std::size_t>(source)]);
  }
  std::string known;
  for (const auto& name : signals.names) known += (known.empty() ? "" : ", ") + name;
  require<DataError>(missing.empty(), "the network was trained on curves that are missing here: ", missing,
                     "; there are: ", known,
                     missing.find("AIF") == std::string::npos
                         ? ""
                         : " (where no artery is found the AIF needs a mask of one: the file aif.nii.gz)");
  return chosen;
}

template <class Cut>
Dataset join_windows(const std::vector<PatientCurves>& patients, const Cut& cut) {
  require<DataError>(!patients.empty(), "there are no patients; give the curves of at least one");
  std::vector<Dataset> parts;
  parts.reserve(patients.size());
  for (const auto& entry : patients) {
    require<DataError>(entry.label.has_value() == patients.front().label.has_value(), "patient ", entry.patient,
                       entry.label ? " has a label and " : " has no label and ", patients.front().patient,
                       entry.label ? " has none" : " has one", "; label all patients or none");
    parts.push_back(cut(entry));
  }
  return join_datasets(parts);
}

}  // namespace

Dataset MakeWindows::operator()(const CurveSet& signals, const std::string& patient, std::optional<int> label) const {
  require_signals(signals);
  return windows(normalisation(signals), patient, label);
}

Dataset MakeWindows::operator()(const std::vector<PatientCurves>& patients) const {
  return join_windows(patients, [&](const PatientCurves& entry) { return (*this)(entry.curves, entry.patient, entry.label); });
}

Dataset MakeWindows::for_network(const std::vector<PatientCurves>& patients, const AttentionLSTM& network,
                                 QcFlags& flags) const {
  return join_windows(patients, [&](const PatientCurves& entry) {
    return for_network(entry.curves, network, entry.patient, entry.label, flags);
  });
}

Dataset MakeWindows::for_network(const CurveSet& signals, const AttentionLSTM& network, const std::string& patient,
                                 std::optional<int> label, QcFlags& flags) const {
  require_signals(signals);
  auto cut = windows;
  if (cut.length == 0) cut.length = network.steps;
  const auto normalised = normalisation(channels_of(signals, network));
  flags.insert(flags.end(), normalised.flags.begin() + static_cast<std::ptrdiff_t>(signals.flags.size()),
               normalised.flags.end());
  const auto data = cut(normalised, patient, label);
  if (network.time_step > 0.0 && std::abs(data.time_step - network.time_step) > 0.02 * network.time_step) {
    flags.push_back({"pipeline.time_step.differs",
                     message("the series has a time step of ", data.time_step, " s, the network was trained on ",
                             network.time_step, " s: the same shape means another speed to it")});
  }
  return data;
}

}  // namespace bolus
