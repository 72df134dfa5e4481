#pragma once
#include <bolus/core/error.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace bolus::detail {

/// A whole file of weights. Throws IoError when it cannot be read, FormatError when it is larger than any such file is.
inline std::string read_bytes(const std::filesystem::path& path) {
  constexpr std::uintmax_t largest_file = std::uintmax_t{4} << 30;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  require<IoError>(std::filesystem::exists(status), "cannot read ", path.string(), ": there is no such file; check the path");
  require<IoError>(!std::filesystem::is_directory(status), "cannot read ", path.string(), ": it is a folder");
  std::ifstream stream(path, std::ios::binary);
  require<IoError>(stream.good(), "cannot read ", path.string(), ": ", std::strerror(errno));
  const auto size = std::filesystem::file_size(path, error);
  require<IoError>(!error, "cannot read ", path.string(), ": ", error.message());
  require<FormatError>(size <= largest_file, path.string(), ": is ", size,
                       " bytes long, too large for a network of this kind; is it the right file?");
  std::string bytes(size, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(size));
  require<IoError>(static_cast<std::uintmax_t>(stream.gcount()) == size, "cannot read ", path.string(), " to its end");
  return bytes;
}

}  // namespace bolus::detail
