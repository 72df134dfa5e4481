#pragma once
#include <bolus/model/idh_classifier.hpp>

namespace bolus {

/// The options for the second model of Choi et al. 2019: 1p/19q codeletion among IDH-mutant gliomas, label 1 codeleted, trained
/// on the mutants alone (125 patients, 1000 samples). The paper does not give its options. These are for fewer samples: a
/// smaller network, dropout and decoupled weight decay, a larger part of the patients for early stopping, and more patience.
inline IDHClassifier codeletion_classifier() {
  IDHClassifier classifier;
  classifier.hidden_size = 8;
  classifier.convolution_channels = 8;
  classifier.dropout = 0.3;
  classifier.batch_size = 32;
  classifier.patience = 20;
  classifier.validation_fraction = 0.2;
  classifier.weight_decay = 0.01;
  classifier.optimizer = Optimizer::adamw;
  return classifier;
}

}  // namespace bolus
