#pragma once
#include <bolus/dsc/perfusion_maps_options.hpp>
#include <initializer_list>

namespace bolus::detail {

/// The echoes of a series by their TE; without a second one, and without a TE where none is needed, the difference is TE or 1.
struct MapsEchoes {
  const PerfusionSeries *longer = nullptr, *shorter = nullptr;
  double difference = 1.0;  ///< s, what the logarithm is divided by
};

/// What has to be computed for what was asked for. Quantities that are computed voxel by voxel have a row of their own.
struct MapsRequirements {
  using Quantity = PerfusionQuantity;
  bool bidirectional = false, leakage = false, deconvolution = false;
  bool relaxation = false;    ///< dR2* of every sample
  bool timing = false;        ///< peak and flanks
  bool bolus = false;         ///< anything that means nothing without a bolus
  bool echo_time = false;     ///< anything in units that TE sets
  bool white_matter = false;  ///< anything relative to it
  std::vector<Quantity> rows;

  MapsRequirements(const std::vector<Quantity>& quantities, bool both_ways) : bidirectional(both_ways) {
    for (const auto quantity : quantities) add(quantity);
  }

  /// The row of a quantity; -1 where it has none.
  int row(Quantity quantity) const {
    const auto found = std::find(rows.begin(), rows.end(), quantity);
    return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
  }
  bool has(Quantity quantity) const { return row(quantity) >= 0; }

  /// Throws where something that is needed is missing or does not fit.
  MapsEchoes check(const PerfusionMaps& options, const PerfusionSeries& series, const Mask& mask,
                   const PerfusionReferences& references) const {
    options.validate();
    require<DataError>(series.data() != nullptr, "the series is empty");
    require_same_space(mask.geometry(), series.geometry(), "the mask", "the DSC series");
    require<DataError>(!white_matter || references.white_matter,
                       "nrCBV, corrected_nrCBV, relative_PH and normalised_PSR need a mask of normal-appearing white matter; "
                       "WhiteMatter finds one");
    require<DataError>(
        !leakage || references.tissue,
        "the leakage correction needs a mask of reference tissue that does not enhance; ReferenceTissue finds one");
    require<DataError>(!deconvolution || references.deconvolution,
                       "CBF, CBV, MTT and Tmax need a deconvolution prepared with an arterial input; ArterialSearch finds one");
    if (references.white_matter) {
      require_same_space(references.white_matter->geometry(), series.geometry(), "the mask of white matter", "the DSC series");
    }
    if (references.tissue) {
      require_same_space(references.tissue->geometry(), series.geometry(), "the mask of reference tissue", "the DSC series");
    }
    if (references.arterial) {
      require<ShapeError>(references.arterial->size() == series.times().size(), "the arterial input has ",
                          references.arterial->size(), " samples, the series ", series.frames());
    }
    if (references.deconvolution) {
      require<ShapeError>(references.deconvolution->samples() == series.times().size(), "the deconvolution is prepared for ",
                          references.deconvolution->samples(), " samples, the series has ", series.frames());
    }
    return echoes(options, series, references.second_echo);
  }

  /// The echoes in order. Throws where a TE is missing that is needed, or where they do not fit.
  MapsEchoes echoes(const PerfusionMaps& options, const PerfusionSeries& series, const PerfusionSeries* second) const {
    PerfusionProtocol protocol = series.protocol();
    if (options.echo_time) protocol.echo_time = options.echo_time;
    const auto& known = protocol.echo_time;
    const bool usable = echo_time || (known && *known > 0.0 && *known < 1.0);
    if (!second) return {&series, nullptr, usable ? protocol.required_echo_time() : 1.0};
    require_same_space(second->geometry(), series.geometry(), "the second echo", "the DSC series");
    require<ShapeError>(second->frames() == series.frames(), "the second echo has ", second->frames(), " volumes, the series ",
                        series.frames());
    const double difference = second->protocol().required_echo_time() - protocol.required_echo_time();
    require<DataError>(difference != 0.0, "both echoes have a TE of ", *protocol.echo_time, " s; expected two different ones");
    return difference > 0.0 ? MapsEchoes{second, &series, difference} : MapsEchoes{&series, second, -difference};
  }

 private:
  void add(Quantity quantity) {
    using Q = Quantity;
    const auto among = [&](std::initializer_list<Q> those) {
      return std::find(those.begin(), those.end(), quantity) != those.end();
    };
    if (static_cast<std::size_t>(quantity) >= quantity_facts.size()) throw OptionError("there is no such perfusion quantity");
    if (among({Q::nrCBV, Q::corrected_rCBV, Q::corrected_nrCBV})) add(Q::rCBV);
    if (quantity == Q::corrected_nrCBV) add(Q::corrected_rCBV);
    if (quantity == Q::corrected_rCBV) add(Q::K2);
    if (among({Q::time_to_peak, Q::delay})) add(Q::arrival_time);
    if (quantity == Q::time_to_peak) add(Q::peak_time);
    if (quantity == Q::normalised_PSR) add(Q::PSR);
    if (among({Q::normalised_PSR, Q::relative_PH})) add(Q::PH);
    const bool relative = among({Q::nrCBV, Q::corrected_nrCBV, Q::relative_PH, Q::normalised_PSR});
    white_matter = white_matter || relative;
    leakage = leakage || among({Q::K1, Q::K2, Q::K2_error, Q::kep});
    deconvolution = deconvolution || among({Q::CBF, Q::CBV, Q::MTT, Q::Tmax});
    timing = timing || among({Q::arrival_time, Q::peak_time, Q::delta_r2s_max, Q::FWHM, Q::wash_in, Q::wash_out});
    relaxation = relaxation || timing || leakage || deconvolution || among({Q::delta_r2s, Q::auc, Q::rCBV});
    bolus = bolus || !among({Q::delta_r2s, Q::snr});
    echo_time = echo_time || leakage || deconvolution ||
                among({Q::delta_r2s, Q::delta_r2s_max, Q::auc, Q::wash_in, Q::wash_out, Q::rCBV});
    if (!relative && quantity != Q::delta_r2s && !has(quantity)) rows.push_back(quantity);
  }
};

}  // namespace bolus::detail
