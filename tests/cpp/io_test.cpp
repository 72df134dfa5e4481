#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>

#include <bolus/io/cohort.hpp>
#include <bolus/io/curves.hpp>
#include <bolus/io/image_info.hpp>
#include <bolus/io/study.hpp>
#include <bolus/io/write_image.hpp>

#include "catch.hpp"

namespace {

using namespace bolus;
namespace fs = std::filesystem;

/// A folder that is gone after the test.
struct Folder {
  fs::path path;
  Folder() : path(fs::temp_directory_path() / ("bolus-io-test-" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

Geometry oblique() {
  Geometry geometry;
  geometry.size = {7, 6, 5};
  geometry.spacing = Eigen::Vector3d(0.9, 1.1, 5.5);
  geometry.origin = Eigen::Vector3d(-71.3, 12.9, 300.7);
  geometry.direction = Eigen::AngleAxisd(0.4, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  return geometry;
}

Image<float> ramp() {
  Image<float> image(oblique());
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = 0.25F * static_cast<float>(i) - 3.0F;
  return image;
}

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_text(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("images come back with their values and their place", "[io]") {
  const Folder folder;
  for (const char* name : {"a.nii", "a.nii.gz", "a.nrrd", "a.mha"}) {
    const auto image = ramp();
    write_image(folder.path / name, image);
    const auto back = read_image(folder.path / name);
    CHECK(std::equal(back.values().begin(), back.values().end(), image.values().begin()));
    CHECK(back.geometry().difference(image.geometry(), 1e-4).empty());
  }
}

TEST_CASE("a file cut anywhere is a FormatError", "[io]") {
  const Folder folder;
  for (const char* name : {"a.nii", "a.nii.gz", "a.nrrd", "a.mha"}) {
    write_image(folder.path / name, ramp());
    const auto whole = content(folder.path / name);
    for (const double share : {0.01, 0.3, 0.5, 0.99}) {
      write_text(folder.path / name, whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size())) + 1));
      CHECK_THROWS_AS(read_image(folder.path / name), FormatError);
    }
  }
}

TEST_CASE("what is no file is an IoError", "[io]") {
  const Folder folder;
  CHECK_THROWS_AS(read_image(folder.path / "none.nii"), IoError);
  CHECK_THROWS_AS(read_image(folder.path), IoError);
  CHECK_THROWS_AS(write_image(folder.path / "none" / "a.nii", ramp()), IoError);
  CHECK_THROWS_AS(write_image(folder.path / "a.dcm", ramp()), FormatError);
  CHECK_THROWS_AS(write_image(folder.path / "a.nii", Image<float>()), DataError);
  write_image(folder.path / "a.nii", ramp());
  CHECK_THROWS_AS(write_image(folder.path / "a.nii", ramp()), IoError);
  CHECK_NOTHROW(write_image(folder.path / "a.nii", ramp(), Overwrite::yes));
}

TEST_CASE("voxels that are NaN are refused, or become 0 when asked", "[io]") {
  const Folder folder;
  auto image = ramp();
  image(1, 2, 3) = std::numeric_limits<float>::quiet_NaN();
  write_image(folder.path / "a.nii", image);
  CHECK_THROWS_AS(read_image(folder.path / "a.nii"), DataError);
  CHECK(read_image(folder.path / "a.nii", NonFinite::zero)(1, 2, 3) == 0.0F);
}

TEST_CASE("label maps hold BraTS values and nothing else", "[io]") {
  const Folder folder;
  Image<float> image(oblique());
  image(0, 0, 0) = 4.0F;
  image(1, 0, 0) = 2.0F;
  write_image(folder.path / "labels.nii.gz", image);
  CHECK(read_label_map(folder.path / "labels.nii.gz").voxel_count(Region::whole_tumour) == 2);
  image(2, 0, 0) = 3.0F;
  write_image(folder.path / "labels.nii.gz", image, Overwrite::yes);
  CHECK_THROWS_AS(read_label_map(folder.path / "labels.nii.gz"), DataError);
  CHECK(read_mask(folder.path / "labels.nii.gz")(2, 0, 0) == 1);
}

TEST_CASE("a series keeps its time stamps and protocol", "[io]") {
  const Folder folder;
  const Eigen::VectorXd even = Eigen::VectorXd::LinSpaced(4, 0.0, 4.5);
  Eigen::VectorXd uneven(4);
  uneven << 0.0, 1.0, 2.5, 7.0;
  for (const auto& times : {even, uneven}) {
    PerfusionSeries series(oblique(), times, {0.03, 1.5, 60.0, 3.0});
    series.frame(2)[5] = 42.0F;
    write_perfusion_series(folder.path / "dsc.nii.gz", series, Overwrite::yes);
    const auto back = read_perfusion_series(folder.path / "dsc.nii.gz");
    CHECK((back.times() - times).cwiseAbs().maxCoeff() < 1e-6);
    CHECK(back.protocol().required_echo_time() == 0.03);
    CHECK(back.protocol().field_strength.value() == 3.0);
    CHECK(back.frame(2)[5] == 42.0F);
    CHECK(read_perfusion_series(folder.path / "dsc.nii.gz", {.echo_time = 0.045}).protocol().echo_time.value() == 0.045);
  }
  CHECK_THROWS_AS(read_image(folder.path / "dsc.nii.gz"), ShapeError);
  CHECK_THROWS_AS(read_perfusion_series(folder.path / "dsc.nii.gz", {.echo_time = 30.0}), OptionError);
  write_image(folder.path / "t1.nii", ramp());
  CHECK_THROWS_AS(read_perfusion_series(folder.path / "t1.nii"), ShapeError);
}

TEST_CASE("an image's protocol lies beside it under BIDS names", "[io]") {
  const Folder folder;
  ImageProtocol protocol{0.0034, 2.3, 0.9, 9.0, 3.0, "Siemens", true};
  write_image(folder.path / "t1.nii.gz", ramp(), protocol);
  CHECK(content(folder.path / "t1.json").find("\"InversionTime\": 0.9") != std::string::npos);
  const auto info = image_info(folder.path / "t1.nii.gz");
  CHECK(info.protocol == protocol);
  CHECK(info.geometry.difference(oblique(), 1e-4).empty());
  CHECK(info.flags.empty());
  CHECK_THROWS_AS(write_image(folder.path / "t1.nii.gz", ramp(), protocol), IoError);
  fs::remove(folder.path / "t1.nii.gz");
  CHECK_THROWS_AS(write_image(folder.path / "t1.nii.gz", ramp(), protocol), IoError);  // the sidecar is there still
  CHECK_FALSE(fs::exists(folder.path / "t1.nii.gz"));
}

TEST_CASE("masks and labels are held against a grid", "[io]") {
  const Folder folder;
  write_mask(folder.path / "mask.nii", Mask(oblique(), 1));
  CHECK(read_mask(folder.path / "mask.nii", oblique()).size() == 210);
  auto moved = oblique();
  moved.origin[1] += 0.3;
  CHECK_THROWS_AS(read_mask(folder.path / "mask.nii", moved), GeometryError);
  CHECK_NOTHROW(read_mask(folder.path / "mask.nii", moved, 0.5));
  CHECK_THROWS_AS(read_label_map(folder.path / "mask.nii", moved), GeometryError);
  CHECK_THROWS_AS(read_mask(folder.path / "mask.nii", moved, -1.0), OptionError);
}

TEST_CASE("a study is found by names and read as a whole", "[io]") {
  const Folder folder;
  write_image(folder.path / "P1_T1ce.nii.gz", ramp());
  write_image(folder.path / "flair.nii", ramp());
  write_label_map(folder.path / "P1_seg.nii.gz", LabelMap(Image<std::uint8_t>(oblique(), 2)));
  const auto study = find_study(folder.path);
  CHECK(study.images.size() == 2);
  CHECK(study.patient == folder.path.filename().string());
  const auto images = read_study(study);
  CHECK(images.labels->voxel_count(Region::oedema) == 210);
  write_image(folder.path / "t1gd.nii", ramp());
  CHECK_THROWS_AS(find_study(folder.path), DataError);
  CHECK_THROWS_AS(find_study(folder.path / "none"), IoError);
}

TEST_CASE("a cohort table names all its problems at once", "[io]") {
  const Folder folder;
  const auto path = folder.path / "cohort.csv";
  write_text(path, "patient,label,age\nA,mutant,40\nB,Wildtype,\n");
  const auto cohort = read_cohort(path);
  CHECK(cohort.rows[0].label == 1);
  CHECK(cohort.rows[1].label == 0);
  CHECK_FALSE(cohort.rows[1].age);
  write_text(path, "patient,label,age\nA,maybe,x\nA,1,40\n");
  try {
    read_cohort(path);
    FAIL("expected a FormatError");
  } catch (const FormatError& error) {
    const std::string text = error.what();
    CHECK(text.find("3 problem(s)") != std::string::npos);
    CHECK(text.find("row 2: the label is 'maybe'") != std::string::npos);
    CHECK(text.find("row 3: patient 'A' is already in row 2") != std::string::npos);
  }
}

TEST_CASE("curve tables keep every bit", "[io]") {
  const Folder folder;
  PatientCurves entry{"A, \"x\"", 1, {}};
  entry.curves.names = {"ET", "AIF"};
  entry.curves.times = Eigen::VectorXd::LinSpaced(5, 0.1, 1.0 / 3.0);
  entry.curves.values = Eigen::MatrixXd::Random(5, 2);
  write_curves(folder.path / "c.csv", {entry});
  const auto back = read_curves(folder.path / "c.csv");
  CHECK(back[0].patient == entry.patient);
  CHECK(back[0].label == entry.label);
  CHECK(back[0].curves.values == entry.curves.values);
  CHECK(back[0].curves.times == entry.curves.times);
}

TEST_CASE("a real series is read with its protocol", "[io]") {
  BOLUS_REQUIRE_REAL_DATA();
  const auto series = read_perfusion_series(real_data() / "dicom" / "ge-epi" / "reference.nii");
  CHECK(series.frames() == 10);
  CHECK(series.geometry().size == std::array<std::int64_t, 3>{64, 64, 15});
  CHECK(series.times()[1] == Approx(5.0));
  CHECK(series.protocol().required_echo_time() == Approx(0.03));
  CHECK(find_study(real_data() / "tcga-fg-6692").images.size() == 4);
}
