#pragma once
#include <bolus/model/network_shape.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../../compute/memory_pool.hpp"
#include "plan.hpp"
#include "team.hpp"

namespace bolus::detail::fused {

/// The kernels of `instruction_set()`.
const Kernel& machine_kernel();

/// What goes through the network together.
template <class Number>
struct Batch {
  const Number* curves = nullptr;  ///< count x channels x steps
  std::size_t count = 0, steps = 0;
  const std::int64_t* lengths = nullptr;  ///< none, or steps in use of each sample; the curves' padding may hold anything
  std::vector<const Number*> dropout;     ///< none, or count x 2 hidden for each LSTM layer but the last
};

/// The attention-LSTM up to its context vector, without LibTorch: in blocks of `lanes` samples, each on one thread.
///
/// The result of a sample does not depend on the others in the batch; nothing depends on the number of threads.
template <class Number>
class FusedNetwork {
 public:
  FusedNetwork(const NetworkShape& shape, int threads);

  const NetworkShape& shape() const { return shape_; }

  /// Numbers in all weight arrays but the classifier's, one after the other in the order of `NetworkShape::weight_shapes`.
  std::size_t parameter_count() const { return gradient_places_.size(); }

  using Memory = typename MemoryPool<Number>::Memory;

  /// The weights as the kernels want them, from `parameter_count()` numbers.
  Memory pack(const Number* parameters) const;

  /// What the backward pass needs of a forward pass.
  struct Pass {
    Memory weights;
    Memory blocks;  ///< empty: computed again
  };

  /// `context`: count x 2 hidden. `attention`: steps x count. `keep`: for the backward pass.
  Pass forward(const Batch<Number>& batch, const Number* parameters, Number* context, Number* attention, bool keep);

  /// Gradients for the same batch, from those of `context` and of `attention` (or null). `gradients`: parameter_count()
  /// numbers, or null; `input_gradient`: as the curves, or null. May be called again.
  void backward(const Batch<Number>& batch, Pass& pass, const Number* context_gradient, const Number* attention_gradient,
                Number* gradients, Number* input_gradient);

  /// Predicts on the calling thread; several may call it. `classifier`: 2 hidden weights. `logit`: count. `attention`: count x
  /// steps, a step's numbers next to each other and the next step's `attention_step` further on.
  void predict(const Batch<Number>& batch, const Number* packed_weights, const Number* classifier, Number bias, double* logit,
               double* attention, std::size_t attention_step) const;

 private:
  Plan plan_for(const Batch<Number>& batch, bool keep) const;
  void fill(const Plan& plan, const Batch<Number>& batch, std::size_t first, Number* block) const;
  void read(const Plan& plan, const Number* block, std::size_t count, std::size_t first, std::size_t present, Number* context,
            Number* attention) const;

  NetworkShape shape_;
  Plan sizes_{};                                                        ///< all that does not depend on the batch
  std::vector<std::uint32_t> weight_places_;                            ///< which parameter each packed weight is; past them: 0
  std::vector<std::pair<std::uint32_t, std::uint32_t>> second_biases_;  ///< packed weight, parameter to add to it
  std::vector<std::uint32_t> gradient_places_;                          ///< where the gradient of each parameter is
  std::shared_ptr<MemoryPool<Number>> pool_ = std::make_shared<MemoryPool<Number>>();
  std::unique_ptr<Team> team_;
  const Kernels<Number>* kernels_;
};

}  // namespace bolus::detail::fused
