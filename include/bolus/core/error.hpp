#pragma once
#include <stdexcept>
#include <string>

#include <bolus/core/detail/message.hpp>

namespace bolus {

/// Base of everything this library throws. A message says what was expected, what was found, where, and what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file or folder cannot be read or written. Python: also an OSError.
class IoError : public Error {
 public:
  using Error::Error;
};

/// A file was read but its content is not what its format demands. Python: also a ValueError.
class FormatError : public Error {
 public:
  using Error::Error;
};

/// Images that must share a space do not, or a space is impossible. Python: also a ValueError.
class GeometryError : public Error {
 public:
  using Error::Error;
};

/// An array has the wrong number of dimensions or the wrong length. Python: also a ValueError.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// Values that cannot be used: NaN, empty, one class only, no voxel in a region. Python: also a ValueError.
class DataError : public Error {
 public:
  using Error::Error;
};

/// An option outside its range, or options that exclude each other. Python: also a ValueError.
class OptionError : public Error {
 public:
  using Error::Error;
};

/// An iteration did not reach its goal. Python: also a RuntimeError.
class ConvergenceError : public Error {
 public:
  using Error::Error;
};

/// A file or library of another version than this one can use. Python: also a RuntimeError.
class VersionError : public Error {
 public:
  using Error::Error;
};

/// The caller's progress callback asked to stop. Python: also a RuntimeError.
class Cancelled : public Error {
 public:
  using Error::Error;
};

namespace detail {

/// Throws `Kind` with the joined parts unless `condition` holds.
template <class Kind, class... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) throw Kind(message(parts...));
}

}  // namespace detail
}  // namespace bolus
