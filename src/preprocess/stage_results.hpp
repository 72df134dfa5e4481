#pragma once
// The results of the stages as records of the cache, and back to the last bit.
#include <bolus/preprocess/brain_consensus.hpp>
#include <bolus/preprocess/brain_extraction.hpp>
#include <bolus/preprocess/preprocess_result.hpp>

#include "stage_cache.hpp"

namespace bolus::detail {

/// What stays of a bias correction: the field's spline, from which the images follow.
struct BiasEstimate {
  BiasField spline;
  std::vector<int> iterations;
  QcFlags flags;
};

/// What stays of the mirror plane and the white matter that depends on it.
struct WhiteMatterEstimate {
  MirrorPlane mirror;
  Mask mask;
  QcFlags flags;
};

StageRecord to_record(const RegistrationResult& result);
StageRecord to_record(const BrainExtractionResult& result);
StageRecord to_record(const BiasEstimate& result);
StageRecord to_record(const MotionResult& result);
StageRecord to_record(const TissueMaps& result);
StageRecord to_record(const WhiteMatterEstimate& result);
StageRecord to_record(const Mask& result);

// Throw FormatError or nlohmann's errors for a record of another kind.
void from_record(const StageRecord& record, RegistrationResult& result);
void from_record(const StageRecord& record, BrainExtractionResult& result);
void from_record(const StageRecord& record, BiasEstimate& result);
/// `result.corrected` must be the series given: it stays where nothing was resampled.
void from_record(const StageRecord& record, MotionResult& result);
void from_record(const StageRecord& record, TissueMaps& result);
void from_record(const StageRecord& record, WhiteMatterEstimate& result);
void from_record(const StageRecord& record, Mask& result);

}  // namespace bolus::detail
