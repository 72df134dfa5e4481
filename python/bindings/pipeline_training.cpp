// Training cases from files.
#include <bolus/pipeline/training_cases.hpp>

#include "module.hpp"

void bind_training_cases(py::module_& m);

void bind_training_cases(py::module_& m) {
  m.def("training_cases", &bolus::training_cases, "folder"_a, py::call_guard<py::gil_scoped_release>(),
        R"(The cases of a folder laid out as the BraTS challenge hands its data out.

Parameters
----------
folder : path
    With a folder per case, which holds flair, t1, t1ce (or t1c), t2 and seg as NIfTI, also under the names of 2023 (t2f, t1n, t1c,
    t2w). Enhancing tumour may be labelled 4 or, as since 2023, 3.

Returns
-------
list of TrainingCase
    In the order of their folders' names. Their files are read when it is their turn.

Raises
------
IoError
    If there is no such folder.
DataError
    If it holds no case; or listing every case that lacks a file.
)");
}
