// DICOM from C++. The many kinds of series, and broken files, are tried from Python (tests/python/test_dicom.py).
#include <unistd.h>

#include <cstring>
#include <fstream>

#include <bolus/io/deidentify.hpp>
#include <bolus/io/read_dicom.hpp>
#include <bolus/io/study.hpp>

#include "catch.hpp"

namespace {

using namespace bolus;
namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() : path(fs::temp_directory_path() / ("bolus-dicom-test-" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

/// An explicit little-endian file, element by element.
struct DicomWriter {
  std::string bytes = std::string(128, '\0') + "DICM";

  void number(std::uint32_t value, int width) {
    for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  }
  void element(std::uint32_t tag, const char* vr, std::string value) {
    if (value.size() % 2) value += std::strcmp(vr, "UI") == 0 ? '\0' : ' ';
    number(tag >> 16, 2);
    number(tag & 0xFFFF, 2);
    bytes.append(vr, 2);
    if (std::strcmp(vr, "OW") == 0) {
      number(0, 2);
      number(static_cast<std::uint32_t>(value.size()), 4);
    } else {
      number(static_cast<std::uint32_t>(value.size()), 2);
    }
    bytes += value;
  }
  void shorts(std::uint32_t tag, std::uint32_t value) {
    element(tag, "US", {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)});
  }
};

std::string slice(int z, int t, int volumes) {
  DicomWriter file;
  const auto number = t * 3 + z + 1;
  file.element(0x00020010, "UI", "1.2.840.10008.1.2.1");
  file.element(0x00080008, "CS", "ORIGINAL\\PRIMARY");
  file.element(0x00080018, "UI", "1.2.3." + std::to_string(number));
  file.element(0x00080022, "DA", "20240229");
  file.element(0x00080032, "TM", "10203" + std::to_string(t) + ".5");
  file.element(0x00080060, "CS", "MR");
  file.element(0x00080070, "LO", "SIEMENS");
  file.element(0x0008103E, "LO", "ep2d_perf Mustermann");
  file.element(0x00100010, "PN", "Mustermann^Erika");
  file.element(0x00180020, "CS", volumes > 1 ? "EP\\GR" : "SE");
  file.element(0x00180080, "DS", "1000");
  file.element(0x00180081, "DS", "30");
  file.element(0x0020000E, "UI", "1.2.3");
  file.element(0x00200012, "IS", std::to_string(t + 1));
  file.element(0x00200013, "IS", std::to_string(number));
  file.element(0x00200032, "DS", "-10\\-20\\" + std::to_string(5 * z));
  file.element(0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  file.shorts(0x00280002, 1);
  file.element(0x00280004, "CS", "MONOCHROME2");
  file.shorts(0x00280010, 3);
  file.shorts(0x00280011, 2);
  file.element(0x00280030, "DS", "1.5\\1.25");
  file.shorts(0x00280100, 16);
  file.shorts(0x00280101, 16);
  file.shorts(0x00280102, 15);
  file.shorts(0x00280103, 1);
  std::string pixels;
  for (int i = 0; i < 6; ++i) {
    const auto value = static_cast<std::uint16_t>(static_cast<std::int16_t>(100 * t + 10 * z + i - 50));
    pixels += static_cast<char>(value & 0xFF);
    pixels += static_cast<char>(value >> 8);
  }
  file.element(0x7FE00010, "OW", pixels);
  return file.bytes;
}

void write_series(const fs::path& folder, int volumes) {
  fs::create_directories(folder);
  for (int t = 0; t < volumes; ++t) {
    for (int z = 0; z < 3; ++z) {
      const auto bytes = slice(z, t, volumes);
      std::ofstream(folder / (std::to_string((7 * (3 * t + z)) % 97) + ".x"), std::ios::binary) << bytes;
    }
  }
}

}  // namespace

TEST_CASE("a time series is put together from its slices", "[io]") {
  const Folder folder;
  write_series(folder.path, 9);
  const auto found = find_series(folder.path);
  REQUIRE(found.series.size() == 1);
  const auto& series = found.series[0];
  CHECK(series.role == SeriesRole::dsc);
  CHECK(series.volumes == 9);
  CHECK(series.description == "ep2d_perf ~");
  const auto read = read_dicom_perfusion(series);
  REQUIRE(read.series.size() == 1);
  const auto& perfusion = read.series[0];
  CHECK(perfusion.frames() == 9);
  CHECK(perfusion.times()[8] == Approx(8.0));
  CHECK(perfusion.protocol().echo_time == 0.03);
  CHECK(perfusion.frame(4)[2 * 6 + 5] == 375.0F);
  CHECK(perfusion.frame(0)[0] == -50.0F);
  CHECK(perfusion.geometry().point_of({1, 2, 1}).isApprox(Eigen::Vector3d(-8.75, -17.0, 5.0)));
  CHECK(read.flags.empty());
  CHECK_THROWS_AS(read_dicom_image(series), ShapeError);
}

TEST_CASE("a study of DICOM files needs no names", "[io]") {
  const Folder folder;
  write_series(folder.path / "deep" / "er", 9);
  auto study = find_study(folder.path);
  REQUIRE(study.dicom_perfusion.has_value());
  const auto images = read_study(study);
  CHECK(images.perfusion->frames() == 9);
  CHECK(images.structural.empty());
}

TEST_CASE("copies without identity hold none", "[io]") {
  const Folder folder;
  write_series(folder.path / "in", 2);
  const auto done = deidentify(folder.path / "in", folder.path / "out");
  CHECK(done.written.size() == 6);
  for (const auto& path : done.written) {
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    CHECK(bytes.find("Mustermann") == std::string::npos);
    CHECK(bytes.find("20240229") == std::string::npos);
  }
  const auto before = read_dicom_perfusion(find_series(folder.path / "in").series[0]);
  const auto after = read_dicom_perfusion(find_series(folder.path / "out").series[0]);
  CHECK(before.series[0].times() == after.series[0].times());
  CHECK(std::equal(before.series[0].data(), before.series[0].data() + 36, after.series[0].data()));
}

TEST_CASE("a DICOM file cut anywhere is listed, not fatal", "[io]") {
  const Folder folder;
  const auto whole = slice(0, 0, 1);
  for (std::size_t length = 1; length < whole.size(); length += 7) {
    std::ofstream(folder.path / "a", std::ios::binary | std::ios::trunc) << whole.substr(0, length);
    const auto found = find_series(folder.path);
    CHECK(found.series.empty());
    CHECK(found.unreadable.size() == 1);
  }
}

TEST_CASE("a real GE series has ten volumes in order", "[io]") {
  BOLUS_REQUIRE_REAL_DATA();
  const auto found = find_series(real_data() / "dicom" / "ge-epi" / "mr_0004");
  REQUIRE(found.series.size() == 1);
  const auto read = read_dicom_perfusion(found.series[0]);
  CHECK(read.series[0].frames() == 10);
  CHECK(read.series[0].times()[9] == Approx(45.0));
  CHECK(read.series[0].protocol().echo_time == 0.03);
}
