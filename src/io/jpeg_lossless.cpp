#include "jpeg_lossless.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace bolus::io {
namespace {

[[noreturn]] void damaged(const char* what) { throw std::invalid_argument(what); }

/// Codes of up to 16 bits, as lengths and values (T.81 annex C and figure F.16).
struct HuffmanTable {
  std::array<int, 17> smallest{}, largest{}, first{};  // code of each length, and where its values start
  std::vector<std::uint8_t> values;

  HuffmanTable(const std::string& stream, std::size_t at, std::size_t end) {
    if (at + 16 > end) damaged("a Huffman table is cut off");
    int code = 0, total = 0;
    for (std::size_t length = 1; length <= 16; ++length) {
      const int count = static_cast<unsigned char>(stream[at + length - 1]);
      first[length] = total;
      smallest[length] = code;
      largest[length] = count > 0 ? code + count - 1 : -1;
      total += count;
      code = (code + count) << 1;
      if (code > (2 << length)) damaged("a Huffman table is impossible");
    }
    if (total == 0 || total > 256 || at + 16 + static_cast<std::size_t>(total) > end) damaged("a Huffman table is cut off");
    values.assign(stream.begin() + static_cast<std::ptrdiff_t>(at + 16),
                  stream.begin() + static_cast<std::ptrdiff_t>(at + 16 + static_cast<std::size_t>(total)));
  }
};

class Bits {
 public:
  Bits(const std::string& stream, std::size_t at) : stream_(stream), at_(at) {}

  int bit() {
    if (left_ == 0) {
      if (at_ >= stream_.size()) damaged("its data end early");
      byte_ = static_cast<unsigned char>(stream_[at_++]);
      if (byte_ == 0xFF) {
        if (at_ >= stream_.size() || stream_[at_] != 0) damaged("its data end early");  // a marker
        ++at_;
      }
      left_ = 8;
    }
    return (byte_ >> --left_) & 1;
  }

  int category(const HuffmanTable& table) {
    int code = 0;
    for (std::size_t length = 1; length <= 16; ++length) {
      code = code << 1 | bit();
      if (table.largest[length] >= 0 && code <= table.largest[length] && code >= table.smallest[length]) {
        return table.values[static_cast<std::size_t>(table.first[length] + code - table.smallest[length])];
      }
    }
    damaged("it holds a code that stands for nothing");
  }

  int difference(const HuffmanTable& table) {
    const int size = category(table);
    if (size > 16) damaged("it holds a difference of more than 16 bits");
    if (size == 0) return 0;
    if (size == 16) return 32768;
    int value = 0;
    for (int i = 0; i < size; ++i) value = value << 1 | bit();
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  void restart(int number) {
    left_ = 0;
    if (at_ + 2 > stream_.size() || static_cast<unsigned char>(stream_[at_]) != 0xFF ||
        static_cast<unsigned char>(stream_[at_ + 1]) != 0xD0 + number % 8) {
      damaged("a restart marker is missing");
    }
    at_ += 2;
  }

  /// After the last sample: nothing but padding bits and the end of the image.
  void finish() {
    while (at_ < stream_.size() && static_cast<unsigned char>(stream_[at_]) == 0xFF && at_ + 1 < stream_.size() &&
           static_cast<unsigned char>(stream_[at_ + 1]) == 0xFF) {
      ++at_;
    }
    if (at_ + 2 > stream_.size() || static_cast<unsigned char>(stream_[at_]) != 0xFF ||
        static_cast<unsigned char>(stream_[at_ + 1]) != 0xD9) {
      damaged("its data do not end where the image does");
    }
  }

 private:
  const std::string& stream_;
  std::size_t at_;
  int byte_ = 0, left_ = 0;
};

}  // namespace

std::vector<std::uint16_t> decode_lossless_jpeg(const std::string& stream, std::int64_t columns, std::int64_t rows) {
  const auto byte = [&](std::size_t at) -> int {
    if (at >= stream.size()) damaged("its header is cut off");
    return static_cast<unsigned char>(stream[at]);
  };
  const auto word = [&](std::size_t at) { return byte(at) << 8 | byte(at + 1); };
  if (word(0) != 0xFFD8) damaged("it does not start as a JPEG");
  std::array<std::optional<HuffmanTable>, 4> tables;
  int precision = 0, interval = 0;
  std::size_t at = 2;
  while (true) {
    if (byte(at) != 0xFF) damaged("its header is damaged");
    const int marker = byte(at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    const auto length = static_cast<std::size_t>(word(at + 2));
    const std::size_t begin = at + 4, end = at + 2 + length;
    if (length < 2 || end > stream.size()) damaged("its header is cut off");
    if (marker == 0xC4) {
      for (std::size_t table = begin; table < end;) {
        const int place = byte(table);
        if (place > 3) damaged("it names a Huffman table that does not exist");
        tables[static_cast<std::size_t>(place)].emplace(stream, table + 1, end);
        table += 17 + tables[static_cast<std::size_t>(place)]->values.size();
      }
    } else if (marker == 0xC3) {
      precision = byte(begin);
      if (word(begin + 1) != rows || word(begin + 3) != columns || byte(begin + 5) != 1)
        damaged("its size is not that of the header");
      if (precision < 2 || precision > 16) damaged("its precision is impossible");
    } else if (marker == 0xDD) {
      interval = word(begin);
    } else if (marker == 0xDA) {
      break;
    } else if ((marker >= 0xC0 && marker <= 0xCF && marker != 0xC8 && marker != 0xCC) || marker == 0xD9) {
      damaged("it is not a lossless JPEG");
    }
    at = end;
  }
  if (precision == 0 || byte(at + 4) != 1) damaged("it is not a lossless JPEG of one component");
  const int table_number = byte(at + 6) >> 4, predictor = byte(at + 7), shift = byte(at + 9) & 15;
  if (table_number > 3 || !tables[static_cast<std::size_t>(table_number)]) damaged("its Huffman table is missing");
  if (predictor < 1 || predictor > 7 || shift >= precision) damaged("its predictor is impossible");
  const auto& table = *tables[static_cast<std::size_t>(table_number)];
  Bits bits(stream, at + 2 + static_cast<std::size_t>(word(at + 2)));

  const auto width = static_cast<std::size_t>(columns), height = static_cast<std::size_t>(rows);
  std::vector<std::uint16_t> samples(width * height);
  int restarts = 0;
  std::size_t start_row = 0, since = 0;  // of the first row after a restart
  bool fresh = true;
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      if (interval > 0 && since == static_cast<std::size_t>(interval)) {
        bits.restart(restarts++);
        since = 0;
        fresh = true;
        start_row = y;
      }
      ++since;
      const std::size_t i = y * width + x;
      int predicted = 0;
      if (fresh) {
        predicted = 1 << (precision - shift - 1);
        fresh = false;
      } else if (y == start_row) {
        predicted = samples[i - 1];
      } else if (x == 0) {
        predicted = samples[i - width];
      } else {
        const int a = samples[i - 1], b = samples[i - width], c = samples[i - width - 1];
        switch (predictor) {
          case 1:
            predicted = a;
            break;
          case 2:
            predicted = b;
            break;
          case 3:
            predicted = c;
            break;
          case 4:
            predicted = a + b - c;
            break;
          case 5:
            predicted = a + ((b - c) >> 1);
            break;
          case 6:
            predicted = b + ((a - c) >> 1);
            break;
          default:
            predicted = (a + b) >> 1;
            break;
        }
      }
      samples[i] = static_cast<std::uint16_t>(predicted + bits.difference(table));
    }
  }
  bits.finish();
  if (shift > 0) {
    for (auto& sample : samples) sample = static_cast<std::uint16_t>(sample << shift);
  }
  return samples;
}

}  // namespace bolus::io
