#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <bolus/core/error.hpp>

namespace bolus {

/// What to do when the file to write is already there.
enum class Overwrite { no, yes };

/// Writes a file as a whole or not at all: `write` fills a temporary file beside `path` (same ending, so that writers that
/// choose their format by it still work), which is flushed to disk and renamed onto `path`. Throws IoError when the folder
/// does not exist or cannot be written, or when `path` exists and `overwrite` is no; the temporary file never stays.
inline void write_atomically(const std::filesystem::path& path, Overwrite overwrite,
                             const std::function<void(const std::filesystem::path&)>& write) {
  namespace fs = std::filesystem;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code ignored;
  detail::require<IoError>(fs::is_directory(folder, ignored), "cannot write ", path.string(), ": there is no folder ",
                           folder.string(), "; make it first");
  detail::require<IoError>(!fs::is_directory(path, ignored), "cannot write ", path.string(),
                           ": it is a folder; give the name of a file in it");
  detail::require<IoError>(overwrite == Overwrite::yes || !fs::exists(path, ignored), path.string(),
                           " exists already; ask for overwriting or choose another name");
  const fs::path temporary = folder / (".bolus-" + std::to_string(::getpid()) + "-" + path.filename().string());
  struct Remover {
    const fs::path& file;
    ~Remover() {
      std::error_code error;
      fs::remove(file, error);
    }
  } const remover{temporary};

  write(temporary);
  const int file = ::open(temporary.c_str(), O_RDWR);
  detail::require<IoError>(file >= 0, "cannot write ", path.string(), ": ", std::strerror(errno));
  const bool flushed = ::fsync(file) == 0;
  ::close(file);
  detail::require<IoError>(flushed, "cannot flush ", path.string(), " to disk: ", std::strerror(errno));
  std::error_code error;
  fs::rename(temporary, path, error);
  detail::require<IoError>(!error, "cannot write ", path.string(), ": ", error.message());
}

/// Writes bytes as a file, as above.
inline void write_atomically(const std::filesystem::path& path, Overwrite overwrite, const std::string& content) {
  write_atomically(path, overwrite, [&](const std::filesystem::path& temporary) {
    std::ofstream stream(temporary, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    detail::require<IoError>(!stream.fail(), "cannot write ", path.string(), ": ", std::strerror(errno));
  });
}

}  // namespace bolus
