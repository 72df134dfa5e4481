#pragma once
#include <bolus/core/weight_array.hpp>
#include <filesystem>
#include <map>
#include <string>

namespace bolus {

/// The float32 tensors of a TensorFlow checkpoint by name, without TensorFlow. `path` is what TensorFlow calls the checkpoint
/// ("model.ckpt") or its index file ("model.ckpt.index"); the data files ("model.ckpt.data-00000-of-00001") lie beside it.
/// Tensors of other types are left out.
///
/// The format (TensorFlow's tensor bundle, version 2): the index is a LevelDB table of names, types, shapes and places, the
/// data raw little-endian numbers. Sizes are checked before memory is taken, and every block and tensor against its CRC-32C.
/// Throws IoError when a file is missing, FormatError naming file and tensor when one is cut short, damaged or of another kind.
std::map<std::string, WeightArray> read_tensorflow_checkpoint(const std::filesystem::path& path);

}  // namespace bolus
