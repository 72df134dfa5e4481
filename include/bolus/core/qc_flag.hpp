#pragma once
#include <string>
#include <vector>

namespace bolus {

/// A reason to doubt a result that was computed all the same. Flags travel with the result and into its provenance.
struct QcFlag {
  std::string code;     ///< stable, machine-readable, e.g. "dsc.region.empty"
  std::string message;  ///< for a person: what was seen, and what it means

  bool operator==(const QcFlag&) const = default;
};

using QcFlags = std::vector<QcFlag>;

}  // namespace bolus
