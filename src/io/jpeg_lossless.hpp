#pragma once
// Lossless JPEG (ITU-T T.81 annex H, processes 14): what most archives compress MRI with. GDCM's decoder, libjpeg, takes a
// damaged stream for a warning: it prints to stderr and hands back an image of which a part is made up.
#include <cstdint>
#include <string>
#include <vector>

namespace bolus::io {

/// One frame's samples. Throws std::invalid_argument with a reason where the stream is not a whole lossless JPEG of one
/// component with the given size.
std::vector<std::uint16_t> decode_lossless_jpeg(const std::string& stream, std::int64_t columns, std::int64_t rows);

}  // namespace bolus::io
