#pragma once
#include <bolus/model/attention_lstm.hpp>
#include <string>

namespace bolus {

/// How much each time step moved the network's logit, found from outside the attention.
struct Attribution {
  std::string method;              ///< integrated gradients, or occlusion
  Eigen::MatrixXd steps;           ///< (samples x steps) towards the positive class where > 0; 0 in padding
  SampleArray values;              ///< (samples x channels x steps) the same by channel; empty for occlusion
  Eigen::VectorXd logit;           ///< (samples) of the samples as they are
  Eigen::VectorXd baseline_logit;  ///< (samples) of the baseline; empty for occlusion
  QcFlags flags;                   ///< model.attribution.incomplete

  /// (samples) What integrated gradients miss of the difference of the logits: 0 by their completeness axiom, up to the number
  /// of path steps. Throws DataError for occlusion, which has no such axiom.
  Eigen::VectorXd gap() const {
    detail::require<DataError>(baseline_logit.size() == logit.size(), "there is no baseline that ", method,
                               " would have to add up to; use integrated gradients");
    return steps.rowwise().sum() - (logit - baseline_logit);
  }
};

}  // namespace bolus
