#pragma once
// The elements of a DICOM file, read directly: GDCM allocates what a length field claims before it looks whether the file is
// that long, reads the pixel data to get at a header, prints to stderr, and its parser was written for files of good will. What
// it is used for are its decoders of compressed voxels (dicom_pixels.cpp).
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bolus::io {

/// Group in the upper, element in the lower 16 bits.
using DicomTag = std::uint32_t;

constexpr std::uint32_t undefined_length = 0xFFFFFFFF;

struct DicomDataset;

struct DicomElement {
  DicomTag tag = 0;
  std::array<char, 2> vr{};  ///< value representation; zeros where the file does not say
  std::uint32_t length = 0;  ///< as written: may be `undefined_length`
  std::uint64_t offset = 0;  ///< of the value, in the file
  std::vector<DicomDataset> items;
  bool sequence = false;

  bool is(const char* name) const { return vr[0] == name[0] && vr[1] == name[1]; }
};

/// Elements in the order of the file.
struct DicomDataset {
  std::vector<DicomElement> elements;

  const DicomElement* find(DicomTag tag) const;
  /// The first item of a sequence, or nullptr.
  const DicomDataset* item(DicomTag tag) const;
};

/// Everything before the pixel data; `pixels` says where those are.
struct DicomFile {
  std::filesystem::path path;
  std::uint64_t size = 0;
  std::string bytes;  ///< the file from its start on, as far as it was read
  std::string transfer_syntax;
  bool big_endian = false, explicit_vr = true;
  DicomDataset meta, data;
  std::optional<DicomElement> pixels;

  std::string_view value(const DicomElement& element) const;
  /// Without padding; empty where there is none.
  std::string text(const DicomDataset& dataset, DicomTag tag) const;
  /// Parts between backslashes.
  std::vector<std::string> texts(const DicomDataset& dataset, DicomTag tag) const;
  /// From text or binary, as the element's representation (or the standard's, where the file has none) says.
  std::vector<double> numbers(const DicomElement& element) const;
  std::vector<double> numbers(const DicomDataset& dataset, DicomTag tag) const;
  std::optional<double> number(const DicomDataset& dataset, DicomTag tag) const;
  /// A private element: its block within the group is found by its creator's name.
  const DicomElement* find_private(const DicomDataset& dataset, std::uint16_t group, std::string_view creator,
                                   std::uint8_t element) const;
};

/// Reads a file's elements up to the pixel data. Throws IoError; FormatError for what is no DICOM file, is damaged or ends
/// early. Every length is held against the size of the file before anything is allocated.
DicomFile read_dicom_file(const std::filesystem::path& path);

/// Whether the file has the mark of a DICOM file, or starts as one without it.
bool looks_like_dicom(const std::filesystem::path& path);

}  // namespace bolus::io
