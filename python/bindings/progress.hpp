#pragma once
#include <chrono>

#include <bolus/core/progress.hpp>

#include "module.hpp"

/// A Progress for a step that runs without the GIL: passes events to a Python callable `(stage, done, total)`, which stops the
/// step by returning False, and looks for Ctrl-C ten times a second whether or not there is a callable.
inline bolus::Progress progress_from(const py::object& callback) {
  using clock = std::chrono::steady_clock;
  // Copies of the function object are made and destroyed without the GIL; a shared pointer takes it for the last one.
  std::shared_ptr<py::object> callable(callback.is_none() ? nullptr : new py::object(callback), [](py::object* object) {
    const py::gil_scoped_acquire lock;
    delete object;
  });
  auto last = std::make_shared<clock::time_point>();
  return [callable, last](const bolus::ProgressEvent& event) {
    const auto now = clock::now();
    const bool final_event = event.done == event.total;
    if (!final_event && now - *last < std::chrono::milliseconds(100)) return true;
    *last = now;
    const py::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (!callable) return true;
    const py::object answer = (*callable)(std::string(event.stage), event.done, event.total);
    return !(py::isinstance<py::bool_>(answer) && !answer.cast<bool>());
  };
}
