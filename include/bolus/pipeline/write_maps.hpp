#pragma once
#include <filesystem>
#include <vector>

#include <bolus/core/atomic_file.hpp>
#include <bolus/dsc/maps.hpp>
#include <bolus/dsc/region_statistics.hpp>
#include <bolus/io/study.hpp>
#include <bolus/preprocess/preprocess.hpp>

namespace bolus {

/// What was written, and what there is to say about it.
struct WrittenMaps {
  std::vector<std::filesystem::path> files;
  RegionTable regions;  ///< statistics of every map in the tumour's parts, white matter and brain, as in regions.csv
  QcFlags flags;        ///< of every step on the way
};

/// Perfusion maps of a study as files.
struct WriteMaps {
  Preprocess preprocess{};  ///< motion, and how the labels come to the series; stages not needed do not run
  PerfusionMaps options{.quantities = detail::usual_quantities()};  ///< which quantities, and how
  Deconvolution deconvolution{};                                    ///< how flow is found
  RegionStatistics statistics{};                                    ///< which parts of the tumour go into the table

  /// Maps the study's series (see `maps`) and writes into `folder`, which is made when missing: one image for each quantity
  /// on the grid of the series (`rCBV.nii.gz`, ...; `delta_r2s.nii.gz` as a series), the masks that were found
  /// (`brain.nii.gz`, `white_matter.nii.gz`, `reference.nii.gz`, `arterial.nii.gz`), `regions.csv` with statistics of every map
  /// in the tumour's parts and in white matter, and `provenance.json` with options, hashes of the inputs and QC flags. The
  /// study's labels and arterial mask are used where there are any. Throws DataError without a DSC series, IoError when a file
  /// exists and `overwrite` is no, before any work, and what the steps throw. With `overwrite`, masks and maps of an earlier
  /// run that this one does not make are removed.
  WrittenMaps operator()(const StudyImages& images, const std::filesystem::path& folder, Overwrite overwrite = Overwrite::no,
                         const Progress& progress = {}) const;
};

}  // namespace bolus
