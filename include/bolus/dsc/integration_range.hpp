#pragma once

namespace bolus {

/// Which samples are integrated for a blood volume.
enum class IntegrationRange {
  full,       ///< the whole series after the baseline, as Boxerman et al. 2006
  first_pass  ///< from the bolus arrival to the first minimum of dR2* after its peak
};

}  // namespace bolus
