#include "nifti.hpp"

#include <itk_zlib.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "image_file.hpp"

namespace bolus::io {
namespace {

using detail::require;

constexpr std::size_t header_bytes = 348;
constexpr double largest_deflate_ratio = 1032.0;  // of the format: a longer run cannot be encoded shorter

struct GzClose {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzHandle = std::unique_ptr<gzFile_s, GzClose>;

/// Reads plain and compressed files alike.
GzHandle open_for_reading(const std::filesystem::path& path) {
  GzHandle file(gzopen(path.c_str(), "rb"));
  require<IoError>(file != nullptr, "cannot read ", path.string(), ": ", std::strerror(errno));
  gzbuffer(file.get(), 1 << 18);
  return file;
}

void read_exactly(gzFile file, void* target, std::size_t bytes, const std::filesystem::path& path, const char* what) {
  auto* bytes_left = static_cast<char*>(target);
  std::size_t read = 0;
  while (read < bytes) {
    const auto chunk = static_cast<unsigned>(std::min<std::size_t>(bytes - read, 1 << 26));
    const int count = gzread(file, bytes_left + read, chunk);
    if (count > 0) {
      read += static_cast<std::size_t>(count);
      continue;
    }
    int code = Z_OK;
    const char* reason = gzerror(file, &code);
    require<FormatError>(count == 0 || code == Z_BUF_ERROR, path.string(), " is damaged: its compressed data cannot be read (",
                         reason, ")");
    throw FormatError(detail::message(path.string(), " ends early: ", what, " needs ", bytes, " bytes and the file has only ",
                                      read, "; it was cut off, copy it again"));
  }
}

template <class T>
T swapped(T value) {
  auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
  std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<T>(bytes);
}

/// The fields of a raw header by their offset in the standard.
struct RawHeader {
  std::array<char, header_bytes> bytes{};
  bool swap = false;

  template <class T>
  T at(std::size_t offset) const {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return swap ? swapped(value) : value;
  }
  template <class T>
  void set(std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
  }
};

std::size_t bytes_of(int datatype) {
  switch (datatype) {
    case 2:
    case 256:
      return 1;  // uint8, int8
    case 4:
    case 512:
      return 2;  // int16, uint16
    case 8:
    case 768:
    case 16:
      return 4;  // int32, uint32, float32
    case 64:
    case 1024:
    case 1280:
      return 8;  // float64, int64, uint64
    default:
      return 0;
  }
}

Eigen::Matrix4d sform_of(const RawHeader& raw) {
  Eigen::Matrix4d affine = Eigen::Matrix4d::Identity();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) affine(row, column) = raw.at<float>(280 + 16 * row + 4 * column);
  }
  return affine;
}

double pixdim(const RawHeader& raw, int axis) { return static_cast<double>(std::abs(raw.at<float>(76 + 4 * axis))); }

Eigen::Matrix4d qform_of(const RawHeader& raw) {
  Eigen::Matrix4d affine = Eigen::Matrix4d::Identity();
  const double b = raw.at<float>(256), c = raw.at<float>(260), d = raw.at<float>(264);
  const double squared = b * b + c * c + d * d;
  const double length = squared > 1.0 ? std::sqrt(squared) : 1.0;  // rounding in float
  const Eigen::Quaterniond rotation(std::sqrt(std::max(0.0, 1.0 - squared / (length * length))), b / length, c / length,
                                    d / length);
  const double handedness = raw.at<float>(76) < 0.0F ? -1.0 : 1.0;
  affine.topLeftCorner<3, 3>() =
      rotation.toRotationMatrix() * Eigen::Vector3d(pixdim(raw, 1), pixdim(raw, 2), handedness * pixdim(raw, 3)).asDiagonal();
  for (int axis = 0; axis < 3; ++axis) affine(axis, 3) = raw.at<float>(268 + 4 * axis);
  return affine;
}

/// The sform where its code is set, else the qform, as nibabel does; and how far apart they are where both are set.
void set_affine(const RawHeader& raw, NiftiHeader& header) {
  Eigen::Matrix4d& affine = header.affine_ras;
  const bool sform = raw.at<std::int16_t>(254) > 0, qform = raw.at<std::int16_t>(252) > 0;
  header.has_orientation = sform || qform;
  if (sform) {
    affine = sform_of(raw);
  } else if (qform) {
    affine = qform_of(raw);
  } else {  // nothing known: centred, x to the left, as nibabel has it
    affine.setIdentity();
    const Eigen::Vector3d spacing(-pixdim(raw, 1), pixdim(raw, 2), pixdim(raw, 3));
    affine.topLeftCorner<3, 3>() = spacing.asDiagonal();
    for (int axis = 0; axis < 3; ++axis) affine(axis, 3) = -0.5 * static_cast<double>(header.size[axis] - 1) * spacing[axis];
  }
  if (sform && qform) {
    const Eigen::Matrix4d other = qform_of(raw);
    double voxel = std::numeric_limits<double>::infinity();
    for (int axis = 0; axis < 3; ++axis) voxel = std::min(voxel, affine.col(axis).head<3>().norm());
    for (int corner = 0; corner < 8 && voxel > 0.0; ++corner) {
      const Eigen::Vector4d index(corner & 1 ? header.size[0] - 1 : 0, corner & 2 ? header.size[1] - 1 : 0,
                                  corner & 4 ? header.size[2] - 1 : 0, 1.0);
      header.forms_difference = std::max(header.forms_difference, ((affine - other) * index).head<3>().norm() / voxel);
    }
  }
  const int unit = raw.bytes[123] & 0x07;
  const double millimetres = unit == 1 ? 1000.0 : unit == 3 ? 0.001 : 1.0;  // metre, micrometre, else mm
  affine.topRows<3>() *= millimetres;
}

template <class T>
void convert(const std::vector<char>& buffer, std::size_t count, const NiftiHeader& header, float* target) {
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, buffer.data() + i * sizeof(T), sizeof(T));
    if (header.swapped) value = swapped(value);
    target[i] = static_cast<float>(static_cast<double>(value) * header.slope + header.intercept);
  }
}

void convert(const std::vector<char>& buffer, std::size_t count, const NiftiHeader& header, float* target) {
  switch (header.datatype) {
    case 2:
      return convert<std::uint8_t>(buffer, count, header, target);
    case 256:
      return convert<std::int8_t>(buffer, count, header, target);
    case 4:
      return convert<std::int16_t>(buffer, count, header, target);
    case 512:
      return convert<std::uint16_t>(buffer, count, header, target);
    case 8:
      return convert<std::int32_t>(buffer, count, header, target);
    case 768:
      return convert<std::uint32_t>(buffer, count, header, target);
    case 16:
      return convert<float>(buffer, count, header, target);
    case 64:
      return convert<double>(buffer, count, header, target);
    case 1024:
      return convert<std::int64_t>(buffer, count, header, target);
    default:
      return convert<std::uint64_t>(buffer, count, header, target);
  }
}

}  // namespace

bool is_nifti(const std::filesystem::path& path) {
  const auto ending = image_ending(path);
  return ending == ".nii" || ending == ".nii.gz";
}

NiftiHeader read_nifti_header(const std::filesystem::path& path) {
  const auto file = open_for_reading(path);
  const std::string name = path.string();
  RawHeader raw;
  read_exactly(file.get(), raw.bytes.data(), header_bytes, path, "a NIfTI header");
  const auto length = raw.at<std::int32_t>(0);
  raw.swap = length != 348 && swapped(length) == 348;
  require<FormatError>(length != 540 && swapped(length) != 540, name,
                       " is NIfTI-2; only NIfTI-1 is read: convert it, e.g. with ",
                       "nibabel.Nifti1Image(image.dataobj, image.affine)");
  require<FormatError>(raw.at<std::int32_t>(0) == 348, name,
                       " is not a NIfTI file: its header does not start with 348; name it by what it is, or copy it again");
  const std::string magic(raw.bytes.data() + 344, 3);
  require<FormatError>(magic != "ni1", name, " is half of a NIfTI pair (.hdr and .img); join them into one .nii first");
  require<FormatError>(magic == "n+1", name,
                       " has no NIfTI mark in its header; Analyze 7.5 has no orientation and is not read");

  NiftiHeader header;
  header.swapped = raw.swap;
  header.dimensions = raw.at<std::int16_t>(40);
  require<FormatError>(header.dimensions >= 1 && header.dimensions <= 7, name, ": the header claims ", header.dimensions,
                       " dimensions; expected 1 to 7: the header is damaged, copy the file again");
  header.datatype = raw.at<std::int16_t>(70);
  header.bytes = bytes_of(header.datatype);
  require<FormatError>(header.bytes > 0, name, " holds voxels of NIfTI data type ", header.datatype,
                       ", which is not read (colour, complex or long double); convert it to a plain number type");
  double needed = static_cast<double>(header.bytes);
  for (int axis = 0; axis < header.dimensions; ++axis) {
    header.size[axis] = raw.at<std::int16_t>(42 + 2 * axis);
    require<FormatError>(header.size[axis] > 0, name, ": the header claims a size of ", header.size[axis], " along axis ",
                         axis);
    needed *= static_cast<double>(header.size[axis]);
  }
  const double offset = raw.at<float>(108);
  require<FormatError>(offset >= 0.0 && offset < 1e9, name, ": the header puts the voxels at byte ", offset);
  header.offset = std::max<std::uint64_t>(static_cast<std::uint64_t>(offset), 352);
  needed += static_cast<double>(header.offset);

  std::error_code error;
  const auto size = static_cast<double>(std::filesystem::file_size(path, error));
  require<IoError>(!error, "cannot read ", name, ": ", error.message());
  const bool compressed = gzdirect(file.get()) == 0;
  require<FormatError>(needed <= (compressed ? size * largest_deflate_ratio : size), name, " claims ", needed,
                       " bytes of content but has only ", size, compressed ? " compressed" : "",
                       " bytes: it was cut off or its header is damaged; copy it again");

  const double slope = raw.at<float>(112), intercept = raw.at<float>(116);
  if (std::isfinite(slope) && slope != 0.0) {
    header.slope = slope;
    header.intercept = std::isfinite(intercept) ? intercept : 0.0;
  }
  header.time_step = raw.at<float>(76 + 16);
  const int unit = raw.bytes[123] & 0x38;
  header.time_unit = unit == 8 ? 1.0 : unit == 16 ? 1e-3 : unit == 24 ? 1e-6 : 0.0;
  set_affine(raw, header);
  return header;
}

void read_nifti_voxels(const std::filesystem::path& path, const NiftiHeader& header, float* voxels) {
  const auto file = open_for_reading(path);
  std::vector<char> buffer(header.offset);
  read_exactly(file.get(), buffer.data(), header.offset, path, "the header");
  std::size_t count = 1;
  for (const auto size : header.size) count *= static_cast<std::size_t>(size);
  constexpr std::size_t block = 1 << 18;
  buffer.resize(block * header.bytes);
  for (std::size_t begin = 0; begin < count; begin += block) {
    const std::size_t now = std::min(block, count - begin);
    read_exactly(file.get(), buffer.data(), now * header.bytes, path, "the voxel data");
    convert(buffer, now, header, voxels + begin);
  }
  // Reading on to the end makes zlib compare the checksum; bytes after the voxels are allowed.
  int left;
  while ((left = gzread(file.get(), buffer.data(), static_cast<unsigned>(std::min<std::size_t>(buffer.size(), 1 << 16)))) > 0) {
  }
  int code = Z_OK;
  const char* reason = gzerror(file.get(), &code);
  require<FormatError>(left == 0 && (code == Z_OK || code == Z_STREAM_END), path.string(),
                       " is damaged: ", code == Z_BUF_ERROR ? "its compressed data end early" : reason);
}

void write_nifti(const std::filesystem::path& path, const Geometry& geometry, std::size_t frames, double time_step,
                 NiftiType type, const void* voxels) {
  RawHeader raw;
  raw.set<std::int32_t>(0, 348);
  raw.set<std::int16_t>(40, frames > 0 ? 4 : 3);
  for (int axis = 0; axis < 7; ++axis) {
    const std::int64_t size = axis < 3 ? geometry.size[axis] : axis == 3 && frames > 0 ? static_cast<std::int64_t>(frames) : 1;
    require<FormatError>(size <= 32767, "cannot write ", path.string(), ": NIfTI-1 holds at most 32767 voxels per axis, found ",
                         size);
    raw.set(42 + 2 * axis, static_cast<std::int16_t>(size));
  }
  const std::size_t bytes = type == NiftiType::uint8 ? 1 : 4;
  raw.set(70, static_cast<std::int16_t>(type));
  raw.set(72, static_cast<std::int16_t>(8 * bytes));
  raw.set(108, 352.0F);
  raw.set(112, 1.0F);
  raw.bytes[123] = static_cast<char>(2 | (frames > 0 ? 8 : 0));  // mm, s
  raw.set<std::int16_t>(252, 1);
  raw.set<std::int16_t>(254, 1);
  const Eigen::Matrix4d affine = geometry.affine_ras();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) raw.set(280 + 16 * row + 4 * column, static_cast<float>(affine(row, column)));
    raw.set(80 + 4 * row, static_cast<float>(geometry.spacing[row]));
    raw.set(268 + 4 * row, static_cast<float>(affine(row, 3)));
  }
  Eigen::Matrix3d rotation = affine.topLeftCorner<3, 3>() * geometry.spacing.cwiseInverse().asDiagonal();
  const float handedness = rotation.determinant() < 0.0 ? -1.0F : 1.0F;
  rotation.col(2) *= handedness;
  Eigen::Quaterniond quaternion(rotation);
  quaternion.normalize();
  if (quaternion.w() < 0.0) quaternion.coeffs() *= -1.0;
  raw.set(76, handedness);
  raw.set(256, static_cast<float>(quaternion.x()));
  raw.set(260, static_cast<float>(quaternion.y()));
  raw.set(264, static_cast<float>(quaternion.z()));
  if (frames > 0) raw.set(76 + 16, static_cast<float>(time_step));
  std::memcpy(raw.bytes.data() + 344, "n+1", 4);

  // Level 4: within a few percent of the default's size at half its time. "T": no compression.
  const bool compress = image_ending(path) == ".nii.gz";
  GzHandle file(gzopen(path.c_str(), compress ? "wb4" : "wbT"));
  require<IoError>(file != nullptr, "cannot write ", path.string(), ": ", std::strerror(errno));
  gzbuffer(file.get(), 1 << 18);
  const auto write = [&](const void* data, std::size_t count) {
    for (std::size_t done = 0; done < count;) {
      const auto chunk = static_cast<unsigned>(std::min<std::size_t>(count - done, 1 << 26));
      const int written = gzwrite(file.get(), static_cast<const char*>(data) + done, chunk);
      require<IoError>(written > 0, "cannot write ", path.string(), ": ", std::strerror(errno));
      done += static_cast<std::size_t>(written);
    }
  };
  write(raw.bytes.data(), header_bytes);
  constexpr char no_extensions[4] = {};
  write(no_extensions, sizeof no_extensions);
  write(voxels, geometry.voxel_count() * std::max<std::size_t>(frames, 1) * bytes);
  require<IoError>(gzclose(file.release()) == Z_OK, "cannot write ", path.string(), ": ", std::strerror(errno));
}

}  // namespace bolus::io
