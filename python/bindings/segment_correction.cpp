// What a correction by hand changed.
#include <bolus/segment/correction_audit.hpp>

#include "segment.hpp"

#include "arrays.hpp"
#include "regions.hpp"

using namespace bolus;

void bind_correction_audit(py::module_& m) {
  using R = RegionChange;
  auto change = py::class_<R>(m, "RegionChange", "What a correction did to one region.");
  add_results(change, "RegionChange", Field{"region", &R::region, "Its name."}, Field{"before", &R::before, "voxels"},
              Field{"after", &R::after, "voxels"}, Field{"added", &R::added, "voxels"}, Field{"removed", &R::removed, "voxels"},
              Field{"volume_before", &R::volume_before, "mL"}, Field{"volume_after", &R::volume_after, "mL"},
              Field{"dice", &R::dice, "Between before and after."});
  change.def("__repr__", [](const R& self) {
    return detail::message("RegionChange(", region_name(self.region), ": +", self.added, " -", self.removed, " voxels, Dice ",
                           self.dice, ")");
  });

  using C = Correction;
  auto correction = py::class_<C>(m, "Correction", "What was changed by hand. Who did it and when is not recorded.");
  add_results(correction, "Correction", Field{"regions", &C::regions, "list of RegionChange: ET, TC, WT, NET, ED"},
              Field{"changed_voxels", &C::changed_voxels, "Voxels with another label than before."},
              Field{"automatic_hash", &C::automatic_hash, "SHA-256, see `label_hash`."},
              Field{"corrected_hash", &C::corrected_hash, "SHA-256, see `label_hash`."},
              Field{"flags", &C::flags, "list of QcFlag"});
  correction
      .def(
          "to_frame",
          [](const C& self) {
            py::list names, before, after, added, removed, volume_before, volume_after, dice;
            for (const auto& one : self.regions) {
              names.append(py::cast(one.region));
              before.append(one.before);
              after.append(one.after);
              added.append(one.added);
              removed.append(one.removed);
              volume_before.append(one.volume_before);
              volume_after.append(one.volume_after);
              dice.append(one.dice);
            }
            return data_frame(py::dict("region"_a = names, "before"_a = before, "after"_a = after, "added"_a = added,
                                       "removed"_a = removed, "volume_before"_a = volume_before,
                                       "volume_after"_a = volume_after, "dice"_a = dice));
          },
          "One row per region as a pandas DataFrame.")
      .def(
          "to_json", [](const C& self) { return to_json(self); }, "The audit as a JSON object, keys in a fixed order.")
      .def("__repr__", [](const C& self) { return detail::message("Correction(", self.changed_voxels, " voxels changed)"); });
  add_html(correction);

  auto audit = py::class_<CorrectionAudit>(m, "CorrectionAudit",
                                           R"(Compares a label map corrected by hand with the automatic one it started from.

Tumour core and whole tumour are built anew from the parts on both sides. Flags: "segment.correction.unchanged",
"segment.correction.region_emptied", "segment.correction.replaced" (less than half of the whole tumour is common to both).
)");
  add_options(audit, "CorrectionAudit");
  audit.def("__call__", &CorrectionAudit::operator(), "automatic"_a, "corrected"_a, py::call_guard<py::gil_scoped_release>(),
            R"(What was changed.

Parameters
----------
automatic, corrected : LabelMap
    On one grid.

Returns
-------
Correction

Raises
------
GeometryError
    If the grids differ.
DataError
    If nothing is labelled after the correction.
)");
  m.def("label_hash", &label_hash, "labels"_a,
        "SHA-256 of a label map's size and voxels: the same for the same labels, whatever file they came from.");
  m.def(
      "write_audit",
      [](const std::filesystem::path& path, const Correction& audited, bool overwrite) {
        write_audit(path, audited, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "path"_a, "correction"_a, "overwrite"_a = false, R"(Write an audit as JSON, whole or not at all.

Raises
------
IoError
    If it cannot be written, or exists and `overwrite` is false.
)");
  m.def("audit_path", &audit_path, "labels"_a,
        "Where the audit of a label map lies: beside it, its ending replaced by ``.audit.json``.");
}
