#pragma once
#include <bolus/io/read_perfusion_series.hpp>

namespace bolus::io {

/// Throws OptionError for values out of range.
void validate(const PerfusionReading& options);

}  // namespace bolus::io
