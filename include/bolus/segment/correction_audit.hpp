#pragma once
#include <array>
#include <bolus/core/atomic_file.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/provenance.hpp>
#include <vector>

namespace bolus {

/// What a correction did to one region.
struct RegionChange {
  Region region = Region::whole_tumour;
  std::size_t before = 0, after = 0, added = 0, removed = 0;  ///< voxels
  double volume_before = 0.0, volume_after = 0.0;             ///< mL
  double dice = 1.0;                                          ///< between before and after; 1 when both are empty
};

/// What was changed by hand. Who did it and when is not recorded.
struct Correction {
  std::vector<RegionChange> regions;           ///< in the order of `scored_regions`
  std::size_t changed_voxels = 0;              ///< with another label than before
  std::string automatic_hash, corrected_hash;  ///< SHA-256 of the label maps' grid and voxels, see `label_hash`
  QcFlags flags;
};

/// SHA-256 of the size (three 64-bit integers) and the voxels of a label map, little-endian: the same for the same labels,
/// whatever file they came from.
inline std::string label_hash(const LabelMap& labels) {
  detail::Sha256 hash;
  for (const std::int64_t size : labels.geometry().size) {
    std::array<unsigned char, 8> bytes{};
    for (unsigned k = 0; k < 8; ++k) bytes[k] = static_cast<unsigned char>(static_cast<std::uint64_t>(size) >> (8 * k));
    hash.update(bytes.data(), bytes.size());
  }
  hash.update(labels.image().data(), labels.image().size());
  return hash.hex();
}

/// Compares a label map corrected by hand with the automatic one it started from. Tumour core and whole tumour are built anew
/// from the parts on both sides. Flags: "segment.correction.unchanged" when no voxel differs,
/// "segment.correction.region_emptied" for a part that lost its last voxel, "segment.correction.replaced" when less than half
/// of the whole tumour is common to both, which is less a correction than another tumour.
struct CorrectionAudit {
  /// Throws GeometryError when the grids differ, DataError for empty images or when nothing is labelled after the correction.
  Correction operator()(const LabelMap& automatic, const LabelMap& corrected) const {
    detail::require<DataError>(!automatic.image().empty() && !corrected.image().empty(), "there are no voxels to compare");
    require_same_space(corrected.geometry(), automatic.geometry(), "the corrected label map", "the automatic one");
    const auto before = automatic.image().values(), after = corrected.image().values();
    std::array<std::array<std::size_t, 5>, 5> moved{};  // [from][to], by label value
    for (std::size_t v = 0; v < before.size(); ++v) {
      detail::require<DataError>(before[v] < 5 && after[v] < 5, "voxel ", v, " holds no label: ", int{before[v]}, " before, ",
                                 int{after[v]}, " after; expected 0, 1, 2 or 4");
      ++moved[before[v]][after[v]];
    }

    Correction result;
    const double millilitres = automatic.geometry().spacing.prod() / 1000.0;
    for (const Region region : scored_regions) {
      RegionChange change;
      change.region = region;
      std::size_t kept = 0;
      for (std::uint8_t from = 0; from < 5; ++from) {
        for (std::uint8_t to = 0; to < 5; ++to) {
          const bool was = LabelMap::belongs(from, region), is = LabelMap::belongs(to, region);
          kept += was && is ? moved[from][to] : 0;
          change.added += !was && is ? moved[from][to] : 0;
          change.removed += was && !is ? moved[from][to] : 0;
        }
      }
      change.before = kept + change.removed;
      change.after = kept + change.added;
      change.volume_before = static_cast<double>(change.before) * millilitres;
      change.volume_after = static_cast<double>(change.after) * millilitres;
      if (change.before + change.after > 0) {
        change.dice = 2.0 * static_cast<double>(kept) / static_cast<double>(change.before + change.after);
      }
      add_flags(change, result.flags);
      result.regions.push_back(change);
    }
    for (std::size_t from = 0; from < 5; ++from) {
      for (std::size_t to = 0; to < 5; ++to) result.changed_voxels += from != to ? moved[from][to] : 0;
    }
    if (result.changed_voxels == 0) {
      result.flags.push_back({"segment.correction.unchanged", "no voxel was changed"});
    }
    result.automatic_hash = label_hash(automatic);
    result.corrected_hash = label_hash(corrected);
    return result;
  }

 private:
  static void add_flags(const RegionChange& change, QcFlags& flags) {
    const bool whole = change.region == Region::whole_tumour;
    detail::require<DataError>(!whole || change.after > 0,
                               "the corrected label map marks no tumour; expected voxels of 1 (NET), 2 (ED) or 4 (ET)");
    if (change.before > 0 && change.after == 0) {
      flags.push_back({"segment.correction.region_emptied",
                       detail::message("all ", change.before, " voxels of ", region_name(change.region), " were removed")});
    }
    if (whole && change.before > 0 && change.dice < 0.5) {
      flags.push_back({"segment.correction.replaced", detail::message("the whole tumour before and after has a Dice of only ",
                                                                      change.dice, ": do both belong to one patient?")});
    }
  }
};

/// The audit as a JSON object, keys in a fixed order.
inline std::string to_json(const Correction& correction) {
  std::string regions;
  for (const auto& change : correction.regions) {
    regions += detail::message(regions.empty() ? "" : ",", "\n    {\"region\": \"", region_name(change.region),
                               "\", \"before\": ", change.before, ", \"after\": ", change.after, ", \"added\": ", change.added,
                               ", \"removed\": ", change.removed, ", \"volume_before_ml\": ", change.volume_before,
                               ", \"volume_after_ml\": ", change.volume_after, ", \"dice\": ", change.dice, "}");
  }
  std::string flags;
  for (const auto& flag : correction.flags) {
    flags += (flags.empty() ? "" : ", ") + detail::json_object({{"code", flag.code}, {"message", flag.message}});
  }
  return detail::message(
      "{\n  \"step\": \"correction_audit\",\n  \"bolus_version\": \"", BOLUS_VERSION, "\",\n  \"inputs\": ",
      detail::json_object({{"automatic", correction.automatic_hash}, {"corrected", correction.corrected_hash}}),
      ",\n  \"changed_voxels\": ", correction.changed_voxels, ",\n  \"regions\": [", regions, "\n  ],\n  \"flags\": [", flags,
      "]\n}\n");
}

/// Writes the audit as JSON, whole or not at all. Throws IoError, also when the file exists and `overwrite` is no.
inline void write_audit(const std::filesystem::path& path, const Correction& correction, Overwrite overwrite = Overwrite::no) {
  write_atomically(path, overwrite, to_json(correction));
}

/// Where the audit of a label map lies: beside it, its ending replaced by `.audit.json`.
inline std::filesystem::path audit_path(const std::filesystem::path& labels) {
  auto name = labels.filename().string();
  for (const std::string_view ending : {".nii.gz", ".seg.nrrd", ".nii", ".nrrd"}) {
    if (name.size() <= ending.size() || !name.ends_with(ending)) continue;
    name.resize(name.size() - ending.size());
    break;
  }
  return labels.parent_path() / (name + ".audit.json");
}

}  // namespace bolus
