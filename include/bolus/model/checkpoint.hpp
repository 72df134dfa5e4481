#pragma once
#include <bolus/core/atomic_file.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <filesystem>
#include <string>

namespace bolus {

/// Version of what `save_checkpoint` writes; older ones are read as well, files with a higher one are refused with
/// VersionError. 1: one convolution ("convolution.weight"), one LSTM layer. 2: any number of each ("convolution.0.weight").
inline constexpr int checkpoint_schema_version = 2;

/// Writes a network as .safetensors (https://github.com/huggingface/safetensors): float32 arrays under the names of
/// `NetworkShape::weight_shapes`, and as metadata the schema and library version, the shape, channel names, steps, time step,
/// normalisation, class names, whether the training data were simulated, and notes. Atomic. Throws IoError, and as
/// `AttentionLSTM::validate`.
void save_checkpoint(const AttentionLSTM& network, const std::filesystem::path& path, Overwrite overwrite = Overwrite::no);

/// Reads a network. Nothing in the file is executed or trusted: sizes are checked before memory is taken. Throws IoError when
/// the file cannot be read, FormatError naming the field or array when it is cut short or holds something else, VersionError
/// for a newer schema.
AttentionLSTM load_checkpoint(const std::filesystem::path& path);

/// The bytes `save_checkpoint` writes.
std::string encode_checkpoint(const AttentionLSTM& network);

/// The network in such bytes. `source` names them in messages.
AttentionLSTM decode_checkpoint(const std::string& bytes, const std::string& source);

}  // namespace bolus
