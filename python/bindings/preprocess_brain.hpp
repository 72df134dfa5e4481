#pragma once
// What the binding files of brain and bias field share: their verdicts as strings.
#include <bolus/preprocess/brain_mask_quality.hpp>

#include "verdicts.hpp"
