#include "dicom_pixels.hpp"

#include <gdcmBitmap.h>
#include <gdcmFragment.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <mutex>

#include <bolus/core/error.hpp>

#include "jpeg_lossless.hpp"

namespace bolus::io {
namespace {

using detail::message;
using detail::require;

constexpr double largest_frame_unproven = 64e6;  // bytes that one compressed frame may unfold to, however short it is

struct Encoding {
  const char* uid;
  enum Kind { plain, rle, jpeg, jpeg_lossless, jpeg_ls, jpeg_2000 } kind;
  bool lossy;
};

const Encoding* encoding_of(const std::string& transfer_syntax) {
  static const std::array<Encoding, 12> known{{{"1.2.840.10008.1.2", Encoding::plain, false},
                                               {"1.2.840.10008.1.2.1", Encoding::plain, false},
                                               {"1.2.840.10008.1.2.2", Encoding::plain, false},
                                               {"1.2.840.10008.1.2.5", Encoding::rle, false},
                                               {"1.2.840.10008.1.2.4.50", Encoding::jpeg, true},
                                               {"1.2.840.10008.1.2.4.51", Encoding::jpeg, true},
                                               {"1.2.840.10008.1.2.4.57", Encoding::jpeg_lossless, false},
                                               {"1.2.840.10008.1.2.4.70", Encoding::jpeg_lossless, false},
                                               {"1.2.840.10008.1.2.4.80", Encoding::jpeg_ls, false},
                                               {"1.2.840.10008.1.2.4.81", Encoding::jpeg_ls, true},
                                               {"1.2.840.10008.1.2.4.90", Encoding::jpeg_2000, false},
                                               {"1.2.840.10008.1.2.4.91", Encoding::jpeg_2000, true}}};
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& item) { return transfer_syntax == item.uid; });
  return found == known.end() ? nullptr : &*found;
}

[[noreturn]] void damaged(const DicomFile& file, const std::string& what) {
  throw FormatError(message(file.path.string(), ": its compressed voxels cannot be decoded (", what,
                            "); the file was cut off or is damaged; copy it again"));
}

std::string read_part(std::ifstream& stream, const DicomFile& file, std::uint64_t offset, std::uint64_t length) {
  require<FormatError>(offset <= file.size && length <= file.size - offset, file.path.string(),
                       " ends within its voxels: it was cut off or is damaged; copy it again");
  std::string part(length, '\0');
  stream.clear();
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(part.data(), static_cast<std::streamsize>(length));
  require<FormatError>(stream.gcount() == static_cast<std::streamsize>(length), file.path.string(),
                       " ends within its voxels: it was cut off or is damaged; copy it again");
  return part;
}

struct Span {
  std::uint64_t offset = 0, length = 0;
};

std::uint32_t little_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t result = 0;
  for (int i = 3; i >= 0; --i) result = result << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return result;
}

/// The pieces that compressed voxels come in, grouped by frame.
std::vector<std::vector<Span>> fragments_by_frame(std::ifstream& stream, const DicomFile& file, std::int64_t frames) {
  std::vector<Span> pieces;
  std::vector<std::uint32_t> table;
  std::uint64_t at = file.pixels->offset;
  bool first = true;
  while (true) {
    const auto head = read_part(stream, file, at, 8);
    const auto tag = static_cast<std::uint32_t>(little_endian(head, 0) << 16 | little_endian(head, 0) >> 16);
    const auto length = little_endian(head, 4);
    at += 8;
    if (tag == 0xFFFEE0DD) break;
    if (tag != 0xFFFEE000) damaged(file, "its fragments are out of order");
    require<FormatError>(length <= file.size - at, file.path.string(), " ends within its voxels: a fragment claims ", length,
                         " bytes where only ", file.size - at, " are left; it was cut off or is damaged; copy it again");
    if (first) {
      if (length % 4 != 0) damaged(file, "its offset table is damaged");
      const auto offsets = read_part(stream, file, at, length);
      for (std::size_t i = 0; i + 4 <= offsets.size(); i += 4) table.push_back(little_endian(offsets, i));
      first = false;
    } else {
      pieces.push_back({at, length});
    }
    at += length;
  }
  std::vector<std::vector<Span>> result(static_cast<std::size_t>(frames));
  const auto count = static_cast<std::size_t>(frames);
  if (pieces.empty()) damaged(file, "there are none");
  if (frames == 1) {
    result[0] = pieces;
  } else if (pieces.size() == count) {
    for (std::size_t i = 0; i < count; ++i) result[i] = {pieces[i]};
  } else if (table.size() == count) {
    const auto base = pieces[0].offset - 8;
    std::size_t frame = 0;
    for (const auto& piece : pieces) {
      while (frame + 1 < count && piece.offset - 8 - base >= table[frame + 1]) ++frame;
      result[frame].push_back(piece);
    }
    if (std::any_of(result.begin(), result.end(), [](const auto& list) { return list.empty(); })) {
      damaged(file, "its offset table does not fit");
    }
  } else {
    damaged(file, message("there are ", pieces.size(), " fragments for ", frames, " frames, and no offset table"));
  }
  return result;
}

/// Columns and rows that a compressed stream itself claims: GDCM believes it, so it must not differ from the header.
struct Claimed {
  std::int64_t columns = 0, rows = 0;
  int bits = 0, components = 0;
};

std::optional<Claimed> claimed_size(const std::string& stream, Encoding::Kind kind) {
  const auto byte = [&](std::size_t at) { return static_cast<int>(static_cast<unsigned char>(stream[at])); };
  const auto word = [&](std::size_t at) { return byte(at) << 8 | byte(at + 1); };
  if (stream.size() < 12) return std::nullopt;
  if (kind == Encoding::jpeg_2000) {
    std::size_t at = 0;
    if (stream.compare(4, 4, "jP  ") == 0) {  // a JP2 file around the code stream
      at = stream.find("\xFF\x4F\xFF\x51");
      if (at == std::string::npos) return std::nullopt;
    }
    if (at + 44 > stream.size() || word(at) != 0xFF4F || word(at + 2) != 0xFF51) return std::nullopt;
    const auto quad = [&](std::size_t offset) {
      return static_cast<std::int64_t>(static_cast<std::uint32_t>(word(offset)) << 16 |
                                       static_cast<std::uint32_t>(word(offset + 2)));
    };
    const auto tile_columns = quad(at + 24), tile_rows = quad(at + 28);
    if (tile_columns <= 0 || tile_rows <= 0) return std::nullopt;
    const std::int64_t columns = quad(at + 8) - quad(at + 16), rows = quad(at + 12) - quad(at + 20);
    // Very many tiles make the decoder allocate for each of them.
    if ((columns / tile_columns + 1) * (rows / tile_rows + 1) > 65535) return std::nullopt;
    return Claimed{columns, rows, (byte(at + 42) & 0x7F) + 1, word(at + 40)};
  }
  if (word(0) != 0xFFD8) return std::nullopt;
  std::size_t at = 2;
  while (at + 10 <= stream.size()) {
    if (byte(at) != 0xFF) return std::nullopt;
    const int marker = byte(at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    const bool frame =
        (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) || marker == 0xF7;
    if (frame) return Claimed{word(at + 7), word(at + 5), byte(at + 4), byte(at + 9)};
    if (marker == 0xDA || marker == 0xD9) return std::nullopt;
    at += 2 + static_cast<std::size_t>(word(at + 2));
  }
  return std::nullopt;
}

/// RLE of PS3.5 annex G: a header of segment offsets, each segment one byte of every voxel, packed.
std::string unpack_rle(const std::string& packed, const DicomFile& file, const DicomPixels& pixels) {
  const auto voxels = pixels.frame_voxels();
  const auto bytes = static_cast<std::size_t>(pixels.bits_allocated / 8);
  if (packed.size() < 64 || little_endian(packed, 0) != bytes) damaged(file, "its RLE header is damaged");
  std::string result(voxels * bytes, '\0');
  for (std::size_t segment = 0; segment < bytes; ++segment) {
    std::size_t at = little_endian(packed, 4 + 4 * segment);
    const std::size_t end = segment + 1 < bytes ? little_endian(packed, 8 + 4 * segment) : packed.size();
    if (at < 64 || end > packed.size() || at > end) damaged(file, "its RLE header is damaged");
    char* target = result.data() + (bytes - 1 - segment);  // most significant byte first
    std::size_t done = 0;
    while (done < voxels) {
      if (at >= end) damaged(file, "its RLE data end early");
      const int code = static_cast<signed char>(packed[at++]);
      if (code == -128) continue;
      const std::size_t run = static_cast<std::size_t>(code >= 0 ? code + 1 : 1 - code);
      const std::size_t source = code >= 0 ? run : 1;
      if (source > end - at || run > voxels - done) damaged(file, "its RLE data are damaged");
      for (std::size_t i = 0; i < run; ++i) target[(done + i) * bytes] = packed[at + (code >= 0 ? i : 0)];
      at += source;
      done += run;
    }
  }
  return result;
}

std::string unpack_lossless_jpeg(const std::string& stream, const DicomFile& file, const DicomPixels& pixels) {
  try {
    const auto samples = decode_lossless_jpeg(stream, pixels.columns, pixels.rows);
    const auto width = static_cast<std::size_t>(pixels.bits_allocated / 8);
    std::string result(samples.size() * width, '\0');
    for (std::size_t i = 0; i < samples.size(); ++i) {
      for (std::size_t b = 0; b < std::min<std::size_t>(width, 2); ++b) {
        result[i * width + b] = static_cast<char>(samples[i] >> (8 * b) & 0xFF);
      }
    }
    return result;
  } catch (const std::invalid_argument& failure) {
    damaged(file, failure.what());
  }
}

/// One frame's bytes, little endian.
std::string decode(const std::string& stream, const DicomFile& file, const DicomPixels& pixels, const Encoding& encoding) {
  if (encoding.kind == Encoding::rle) return unpack_rle(stream, file, pixels);
  if (encoding.kind == Encoding::jpeg_lossless) return unpack_lossless_jpeg(stream, file, pixels);
  const auto claimed = claimed_size(stream, encoding.kind);
  if (!claimed) damaged(file, "they do not start as their transfer syntax demands");
  if (claimed->columns != pixels.columns || claimed->rows != pixels.rows || claimed->components != 1 ||
      claimed->bits > pixels.bits_allocated) {
    damaged(file,
            message("they claim ", claimed->columns, " x ", claimed->rows, " pixels of ", claimed->components, " x ",
                    claimed->bits, " bits, the header ", pixels.columns, " x ", pixels.rows, " of ", pixels.bits_allocated));
  }
  static std::once_flag quiet;  // GDCM writes its troubles to stderr otherwise
  std::call_once(quiet, [] {
    gdcm::Trace::DebugOff();
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
  });
  const auto bytes = pixels.frame_voxels() * static_cast<std::size_t>(pixels.bits_allocated / 8);
  try {
    gdcm::Bitmap bitmap;
    bitmap.SetNumberOfDimensions(2);
    bitmap.SetDimension(0, static_cast<unsigned>(pixels.columns));
    bitmap.SetDimension(1, static_cast<unsigned>(pixels.rows));
    bitmap.SetPixelFormat(gdcm::PixelFormat(1, static_cast<unsigned short>(pixels.bits_allocated),
                                            static_cast<unsigned short>(pixels.bits_stored),
                                            static_cast<unsigned short>(pixels.high_bit), pixels.is_signed ? 1 : 0));
    bitmap.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
    bitmap.SetTransferSyntax(gdcm::TransferSyntax::GetTSType(encoding.uid));
    gdcm::Fragment fragment;
    fragment.SetByteValue(stream.data(), static_cast<std::uint32_t>(stream.size()));
    auto sequence = gdcm::SequenceOfFragments::New();
    sequence->AddFragment(fragment);
    gdcm::DataElement element(gdcm::Tag(0x7fe0, 0x0010), 0, gdcm::VR::OB);
    element.SetValue(*sequence);
    element.SetVL(0xFFFFFFFF);
    bitmap.SetDataElement(element);
    std::string result(std::max<std::size_t>(bitmap.GetBufferLength(), bytes), '\0');
    if (bitmap.GetBufferLength() != bytes || !bitmap.GetBuffer(result.data()) || bitmap.GetBufferLength() != bytes) {
      damaged(file, "the decoder gave up");
    }
    result.resize(bytes);
    return result;
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    damaged(file, "the decoder gave up");
  }
}

void unpack(const std::string& raw, bool big_endian, const DicomPixels& pixels, std::int32_t* target) {
  const auto voxels = pixels.frame_voxels();
  const int shift = pixels.high_bit + 1 - pixels.bits_stored;
  const std::uint32_t mask = pixels.bits_stored == 32 ? 0xFFFFFFFFU : (1U << pixels.bits_stored) - 1U;
  const std::uint32_t sign = pixels.is_signed ? 1U << (pixels.bits_stored - 1) : 0U;
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  for (std::size_t i = 0; i < voxels; ++i) {
    std::uint32_t value = 0;
    if (pixels.bits_allocated == 8) {
      value = bytes[i];
    } else if (pixels.bits_allocated == 16) {
      const auto* at = bytes + 2 * i;
      value = big_endian ? static_cast<std::uint32_t>(at[0]) << 8 | at[1] : static_cast<std::uint32_t>(at[1]) << 8 | at[0];
    } else {
      const auto* at = bytes + 4 * i;
      for (int b = 0; b < 4; ++b) value = value << 8 | at[big_endian ? b : 3 - b];
    }
    value = (value >> shift) & mask;
    if (value & sign) value |= ~mask;
    target[i] = static_cast<std::int32_t>(value);
  }
}

}  // namespace

DicomPixels describe_pixels(const DicomFile& file) {
  const std::string name = file.path.string();
  require<FormatError>(file.pixels.has_value(), name, " holds no voxels: it is a report, or they were taken out; leave it out");
  require<FormatError>(file.pixels->tag == 0x7FE00010, name,
                       " holds floating-point voxels, which are not read; convert it to integers first");
  const auto count = [&](DicomTag tag, const char* what, double low, double high, std::optional<double> otherwise) {
    const auto found = file.number(file.data, tag);
    require<FormatError>(found || otherwise, name, " does not say its ", what, ": it is damaged; copy it again");
    const double value = found.value_or(otherwise.value_or(0.0));
    require<FormatError>(value >= low && value <= high && value == std::floor(value), name, ": its ", what, " is ", value,
                         "; expected ", low, " to ", high);
    return static_cast<std::int64_t>(value);
  };
  DicomPixels pixels;
  const auto samples = count(0x00280002, "number of values per voxel", 1, 255, 1.0);
  const auto photometric = file.text(file.data, 0x00280004);
  require<FormatError>(samples == 1 && (photometric.empty() || photometric.starts_with("MONOCHROME")), name,
                       " is a colour image; expected one value per voxel (it is a screenshot or a map, not a scan)");
  pixels.rows = count(0x00280010, "number of rows", 1, 65535, std::nullopt);
  pixels.columns = count(0x00280011, "number of columns", 1, 65535, std::nullopt);
  pixels.frames = count(0x00280008, "number of frames", 1, 1e6, 1.0);
  pixels.bits_allocated = static_cast<int>(count(0x00280100, "bits allocated", 8, 32, std::nullopt));
  require<FormatError>(pixels.bits_allocated == 8 || pixels.bits_allocated == 16 || pixels.bits_allocated == 32, name,
                       " stores voxels in ", pixels.bits_allocated, " bits; expected 8, 16 or 32");
  pixels.bits_stored = static_cast<int>(count(0x00280101, "bits stored", 1, pixels.bits_allocated, pixels.bits_allocated));
  pixels.high_bit = static_cast<int>(
      count(0x00280102, "high bit", pixels.bits_stored - 1, pixels.bits_allocated - 1, pixels.bits_stored - 1));
  pixels.is_signed = count(0x00280103, "pixel representation", 0, 1, 0.0) == 1;

  const auto* encoding = encoding_of(file.transfer_syntax);
  require<FormatError>(encoding != nullptr, name, " has the transfer syntax ",
                       file.transfer_syntax.starts_with("1.2.840.10008.1.2") ? file.transfer_syntax : "of no standard",
                       ", which is not read; convert it to an uncompressed one first");
  pixels.compressed = file.pixels->length == undefined_length;
  pixels.lossy = encoding->lossy;
  require<FormatError>(pixels.compressed == (encoding->kind != Encoding::plain), name, " says that its voxels are ",
                       pixels.compressed ? "not " : "", "compressed, but they are", pixels.compressed ? "" : " not",
                       ": it is damaged; copy it again");
  const double frame_bytes =
      static_cast<double>(pixels.rows) * static_cast<double>(pixels.columns) * pixels.bits_allocated / 8.0;
  const double needed = frame_bytes * static_cast<double>(pixels.frames);
  if (!pixels.compressed) {
    require<FormatError>(file.pixels->length <= file.size - file.pixels->offset, name, ": its voxels claim ",
                         file.pixels->length, " bytes where only ", file.size - file.pixels->offset,
                         " are left: it was cut off or is damaged; copy it again");
    const double there = file.pixels->length;
    require<FormatError>(needed <= there, name, " claims ", pixels.columns, " x ", pixels.rows, " x ", pixels.frames,
                         " voxels, ", needed, " bytes, but has only ", there,
                         ": it was cut off or its header is damaged; copy it again");
  } else {
    const double there = static_cast<double>(file.size - file.pixels->offset);
    require<FormatError>(
        frame_bytes <= std::max(largest_frame_unproven, 1032.0 * there) && static_cast<double>(pixels.frames) <= there / 8.0,
        name, " claims ", pixels.columns, " x ", pixels.rows, " x ", pixels.frames, " voxels, but has only ", there,
        " bytes of compressed ones: it was cut off or its header is damaged; copy it again");
  }
  return pixels;
}

std::vector<std::int32_t> read_pixels(const DicomFile& file, const DicomPixels& pixels,
                                      const std::vector<std::int64_t>& frames) {
  std::ifstream stream(file.path, std::ios::binary);
  require<IoError>(stream.good(), "cannot read ", file.path.string());
  const auto voxels = pixels.frame_voxels();
  const auto bytes = voxels * static_cast<std::size_t>(pixels.bits_allocated / 8);
  std::vector<std::int32_t> values(voxels * frames.size());
  if (!pixels.compressed) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto raw = read_part(stream, file, file.pixels->offset + static_cast<std::uint64_t>(frames[i]) * bytes, bytes);
      unpack(raw, file.big_endian, pixels, values.data() + i * voxels);
    }
    return values;
  }
  const auto& encoding = *encoding_of(file.transfer_syntax);
  const auto fragments = fragments_by_frame(stream, file, pixels.frames);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    std::string compressed;
    for (const auto& piece : fragments[static_cast<std::size_t>(frames[i])]) {
      compressed += read_part(stream, file, piece.offset, piece.length);
    }
    unpack(decode(compressed, file, pixels, encoding), false, pixels, values.data() + i * voxels);
  }
  return values;
}

}  // namespace bolus::io
