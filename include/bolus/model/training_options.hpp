#pragma once

namespace bolus {

/// How much a sample counts in the loss.
enum class ClassWeights {
  balanced,  ///< n / (2 n_class), from the training samples: both classes count the same in sum
  none       ///< every sample counts 1
};

/// What makes a step of the gradient.
enum class Optimizer {
  adam,  ///< Kingma and Ba 2015; weight decay is an L2 penalty, added to the gradient
  adamw  ///< Loshchilov and Hutter 2019: weight decay shrinks the weights themselves, beside the step
};

/// What is made small, p being the probability that the network gives to the sample's own class.
enum class TrainingLoss {
  cross_entropy,  ///< -log p
  focal           ///< -(1 - p)^gamma log p, Lin et al. 2017: samples that are right already count little
};

/// How the learning rate goes over the epochs, after the warm-up.
enum class LearningRateSchedule {
  constant,  ///< stays
  cosine,    ///< half a cosine from the learning rate down to 0 at `max_epochs` (Loshchilov and Hutter 2017)
  plateau    ///< halved when half of `patience` went by without a better epoch
};

/// Which epoch is better, for early stopping and for the weights that are kept.
enum class StoppingCriterion {
  loss,  ///< lower validation loss
  auc    ///< larger area under the validation ROC curve; where equal, lower validation loss
};

/// How the samples of an epoch are put into batches.
enum class BatchOrder {
  shuffled,  ///< in random order
  mixed      ///< the samples of each patient dealt out evenly over the batches
};

}  // namespace bolus
