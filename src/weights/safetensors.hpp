#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bolus::detail {

/// One array of a .safetensors file.
struct TensorBytes {
  std::string dtype;               ///< "F32" or "F64"
  std::vector<std::size_t> shape;  ///< last dimension fastest
  std::string_view bytes;          ///< in the buffer that was read
};

/// What a .safetensors file (https://github.com/huggingface/safetensors) holds.
struct SafeTensors {
  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorBytes> arrays;
};

/// The bytes of such a file; arrays lie in the order of their names. Throws FormatError for metadata that are no UTF-8 text.
std::string encode_safetensors(const SafeTensors& content);

/// Reads such bytes, which must outlive the result. Every size is checked before it is used: arrays lie within the data and
/// fill them exactly. Throws FormatError, beginning with `source`.
SafeTensors decode_safetensors(const std::string& bytes, const std::string& source);

}  // namespace bolus::detail
