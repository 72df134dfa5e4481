#include "image_file.hpp"

#include <fcntl.h>
#include <itkImageFileReader.h>
#include <itkImageFileWriter.h>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>
#include <itk_zlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "itk_image.hpp"

namespace bolus::io {
namespace {

using detail::require;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Made by hand instead of found by a factory: nothing global is registered.
itk::ImageIOBase::Pointer image_io(const std::filesystem::path& path) {
  require<FormatError>(is_image_file(path), path.string(), " has the ending '", image_ending(path),
                       "'; expected .nii, .nii.gz, .nrrd or .mha");
  if (image_ending(path) == ".mha") return itk::MetaImageIO::New().GetPointer();
  return itk::NrrdImageIO::New().GetPointer();
}

}  // namespace

std::string image_ending(const std::filesystem::path& path) {
  const auto name = lower(path.filename().string());
  if (name.ends_with(".nii.gz")) return ".nii.gz";
  return lower(path.extension().string());
}

std::string image_stem(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  return name.substr(0, name.size() - image_ending(path).size());
}

bool is_image_file(const std::filesystem::path& path) {
  const auto ending = image_ending(path);
  return ending == ".nii" || ending == ".nii.gz" || ending == ".nrrd" || is_meta_image(path);
}

bool is_meta_image(const std::filesystem::path& path) {
  const auto ending = image_ending(path);
  return ending == ".mha" || ending == ".mhd";
}

void require_file(const std::filesystem::path& path) {
  std::error_code error;
  require<IoError>(std::filesystem::exists(path, error), "there is no file ", path.string(), "; check the path");
  require<IoError>(!std::filesystem::is_directory(path, error), path.string(), " is a folder; expected a file");
  std::ifstream stream(path, std::ios::binary);
  require<IoError>(stream.good(), "cannot read ", path.string(), ": ", std::strerror(errno));
  require<FormatError>(stream.peek() != std::ifstream::traits_type::eof(), path.string(), " is empty; copy it again");
}

void require_whole_nrrd(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string line;
  bool compressed = false;
  while (std::getline(stream, line) && !line.empty() && line != "\r") {
    compressed = compressed || line.starts_with("encoding: gz");
  }
  if (!compressed || !stream.good()) return;
  const int file = ::open(path.c_str(), O_RDONLY);
  require<IoError>(file >= 0 && ::lseek(file, stream.tellg(), SEEK_SET) >= 0, "cannot read ", path.string(), ": ",
                   std::strerror(errno));
  gzFile content = gzdopen(file, "rb");
  std::vector<char> buffer(1 << 18);
  int count = 0;
  while ((count = gzread(content, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
  }
  int code = Z_OK;
  gzerror(content, &code);
  gzclose(content);
  require<FormatError>(count == 0 && code != Z_BUF_ERROR, path.string(),
                       " is damaged or was cut off: its compressed data cannot be read; copy it again");
}

namespace {

/// The header, checked against the size of the file.
itk::ImageIOBase::Pointer read_nrrd_header(const std::filesystem::path& path) {
  const auto io = image_io(path);
  require<FormatError>(io->CanReadFile(path.c_str()), path.string(), " is not an NRRD file");
  io->SetFileName(path.string());
  io->ReadImageInformation();
  double needed = io->GetComponentSize();
  std::string shape;
  unsigned dimensions = 0;
  for (unsigned axis = 0; axis < io->GetNumberOfDimensions(); ++axis) {
    needed *= static_cast<double>(io->GetDimensions(axis));
    shape += (axis ? " x " : "") + std::to_string(io->GetDimensions(axis));
    if (io->GetDimensions(axis) > 1 || axis < 3) dimensions = axis + 1;
  }
  require<ShapeError>(dimensions == 3 && io->GetNumberOfComponents() == 1, path.string(), " has the shape ", shape, " with ",
                      io->GetNumberOfComponents(), " value(s) per voxel; expected a 3-D image with one");
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  require<FormatError>(needed <= size * 1032.0, path.string(), " claims ", needed, " bytes of content but has only ", size,
                       " bytes: it was cut off or its header is damaged; copy it again");
  return io;
}

/// ITK quotes lines of the header, which may hold anything, a patient's name included.
std::string without_quotes(const std::string& text) {
  std::string result;
  bool quoted = false;
  for (const char c : text.substr(0, 2000)) {
    if (c == '"') quoted = !quoted;
    const auto byte = static_cast<unsigned char>(c);
    if (!quoted) result += byte < 0x20 || byte >= 0x7F ? ' ' : c;
  }
  return result.substr(0, 400);
}

template <class Reader>
auto with_errors_of_ours(const std::filesystem::path& path, Reader&& reader) {
  try {
    return reader();
  } catch (const itk::ExceptionObject& failure) {
    throw FormatError(detail::message(path.string(), " cannot be read: ", without_quotes(failure.GetDescription())));
  } catch (const GeometryError& failure) {
    throw GeometryError(detail::message(path.string(), ": ", failure.what()));
  } catch (const std::bad_alloc&) {
    throw DataError(detail::message("no memory for the voxels of ", path.string()));
  }
}

}  // namespace

Geometry read_nrrd_geometry(const std::filesystem::path& path) {
  return with_errors_of_ours(path, [&] {
    const auto io = read_nrrd_header(path);
    Geometry geometry;
    for (unsigned axis = 0; axis < 3; ++axis) {
      geometry.size[axis] = static_cast<std::int64_t>(io->GetDimensions(axis));
      geometry.spacing[axis] = io->GetSpacing(axis);
      geometry.origin[axis] = io->GetOrigin(axis);
      const auto direction = io->GetDirection(axis);
      for (unsigned row = 0; row < 3; ++row) geometry.direction(row, axis) = direction[row];
    }
    geometry.validate();
    return geometry;
  });
}

Image<float> read_with_itk(const std::filesystem::path& path) {
  return with_errors_of_ours(path, [&] {
    const auto io = read_nrrd_header(path);
    require_whole_nrrd(path);
    auto reader = itk::ImageFileReader<itk::Image<float, 3>>::New();
    reader->SetImageIO(io);
    reader->SetFileName(path.string());
    reader->Update();
    return from_itk(reader->GetOutput());
  });
}

template <class T>
void write_with_itk(const std::filesystem::path& path, const Image<T>& image) {
  try {
    auto writer = itk::ImageFileWriter<itk::Image<T, 3>>::New();
    writer->SetImageIO(image_io(path));
    writer->SetFileName(path.string());
    writer->SetInput(to_itk(image));
    writer->UseCompressionOn();
    writer->Update();
  } catch (const itk::ExceptionObject& failure) {
    throw IoError(detail::message("cannot write ", path.string(), ": ", failure.GetDescription()));
  }
}

template void write_with_itk(const std::filesystem::path&, const Image<float>&);
template void write_with_itk(const std::filesystem::path&, const Image<std::uint8_t>&);

}  // namespace bolus::io
