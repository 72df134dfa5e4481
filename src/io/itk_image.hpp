#pragma once
// Between our images and ITK's, over the same memory, for the library's own files.
#include <bolus/io/itk.hpp>

namespace bolus::io {

using bolus::from_itk;
using bolus::geometry_of;
using bolus::to_itk;

}  // namespace bolus::io
