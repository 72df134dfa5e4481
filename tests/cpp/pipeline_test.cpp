#include <fstream>

#include <bolus/bolus.hpp>
#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace bolus;
namespace fs = std::filesystem;

namespace {

/// A ball of brain, 40 mm across at 2 mm, with a tumour of three shells in one half.
struct Anatomy {
  LabelMap labels;
  Mask brain;
};

Anatomy ball(int size = 20) {
  const Geometry grid{{size, size, size}, {4, 4, 4}, {-38, -38, -38}, Eigen::Matrix3d::Identity()};
  Image<std::uint8_t> labels(grid);
  Mask brain(grid);
  for (int z = 0; z < size; ++z) {
    for (int y = 0; y < size; ++y) {
      for (int x = 0; x < size; ++x) {
        const Eigen::Vector3d point = grid.point_of(Eigen::Vector3d(x, y, z));
        brain(x, y, z) = point.norm() < 36.0;
        const double depth = (point - Eigen::Vector3d(-12, 0, 0)).norm();
        labels(x, y, z) = depth < 7.0    ? LabelValue::enhancing
                          : depth < 11.0 ? LabelValue::non_enhancing
                          : depth < 16.0 ? LabelValue::oedema
                                         : LabelValue::background;
      }
    }
  }
  return {LabelMap(labels), brain};
}

StudyImages phantom_study() {
  const auto anatomy = ball();
  const auto phantom = PerfusionPhantom{.seed = 3}(anatomy.labels, anatomy.brain);
  StudyImages images;
  images.patient = "phantom";
  images.perfusion = phantom.series;
  images.labels = phantom.labels;
  images.arterial_mask = phantom.arterial;
  return images;
}

AttentionLSTM network_for(std::vector<std::string> channels) {
  NetworkShape shape;
  shape.channels = channels.size();
  auto network = random_network(shape, 1);
  network.channel_names = std::move(channels);
  network.steps = 45;
  network.time_step = 1.5;
  return network;
}

}  // namespace

TEST_CASE("a study with labels on the DSC grid becomes a probability and an attention course", "[pipeline]") {
  const auto images = phantom_study();
  const auto network = network_for({"ET", "NET", "ED", "WT", "AIF"});
  const auto prediction = PredictStudy{}(images, network);
  CHECK(prediction.patient == "phantom");
  CHECK(prediction.windows.probability.size() == 8);
  CHECK(prediction.probability == Approx(prediction.windows.probability.mean()));
  CHECK(prediction.attention.times.size() == 60);
  CHECK(prediction.attention.attention.sum() == Approx(1.0));
  CHECK(prediction.provenance.inputs.count("dsc") == 1);
  CHECK(prediction.provenance.inputs.count("weights") == 1);

  // The same steps one by one give the same bits, so the one call adds nothing of its own.
  const auto curves = RegionCurves{}.compute(*images.perfusion, *images.labels, &*images.arterial_mask);
  const auto windows = SlidingWindows{}(ZNormalisation{}(curves), "phantom");
  CHECK(network.predict(windows.curves).probability == prediction.windows.probability);
}

TEST_CASE("predictions have the same bits on 1, 2 and 4 threads", "[pipeline]") {
  const auto images = phantom_study();
  const auto network = network_for({"ET", "NET", "ED", "WT", "AIF"});
  const auto run = [&](int threads) {
    PredictStudy step;
    step.extract.region_curves.threads = threads;
    step.predict.threads = threads;
    return step(images, network);
  };
  const auto one = run(1);
  for (const int threads : {2, 4}) {
    const auto other = run(threads);
    CHECK(other.signals.values == one.signals.values);
    CHECK(other.windows.probability == one.windows.probability);
    CHECK(other.attention.attention == one.attention.attention);
  }
}

TEST_CASE("the artery is found where the study has no mask of it", "[pipeline]") {
  auto images = phantom_study();
  const Mask truth = std::move(*images.arterial_mask);
  images.arterial_mask.reset();
  ExtractCurves extract;
  extract.arterial_search.tumour_margin = 0.0;  // the ball is small: the artery lies beside the tumour
  const auto curves = extract(images);
  REQUIRE(curves.arterial);
  CHECK(curves.signals.names == std::vector<std::string>{"ET", "NET", "ED", "WT", "AIF"});
  std::size_t hits = 0;
  for (std::size_t v = 0; v < truth.size(); ++v) hits += truth.data()[v] && curves.arterial->mask.data()[v];
  CHECK(10 * hits >= 9 * curves.arterial->voxels.size());
  CHECK(PredictStudy{}(images, network_for({"ET", "NET", "ED", "WT", "AIF"})).windows.probability.size() == 8);

  // A series in which nothing happens has no artery, and still has the curves of its regions.
  for (std::size_t t = 0; t < images.perfusion->frames(); ++t) {
    for (auto& value : images.perfusion->frame(t)) value = 100.0f;
  }
  const auto still = ExtractCurves{}(images);
  CHECK(still.signals.names == std::vector<std::string>{"ET", "NET", "ED", "WT"});
  CHECK(std::any_of(still.flags.begin(), still.flags.end(), [](const auto& flag) { return flag.code == "dsc.aif.not_found"; }));
}

TEST_CASE("perfusion maps of a study are written once, with table and provenance", "[pipeline]") {
  const auto folder = fs::temp_directory_path() / "bolus-write-maps";
  fs::remove_all(folder);
  auto images = phantom_study();
  WriteMaps write;
  write.options.quantities = {PerfusionQuantity::rCBV, PerfusionQuantity::PSR};
  const auto written = write(images, folder);
  for (const auto& path : written.files) CHECK(fs::exists(path));
  CHECK(read_image(folder / "rCBV.nii.gz").geometry().difference(images.perfusion->geometry()).empty());
  std::ifstream stream(folder / "provenance.json");
  const auto json = nlohmann::json::parse(stream);
  CHECK(json["step"] == "write_maps");
  CHECK(json["simulated"] == true);
  CHECK(json["inputs"].size() == 3);
  std::ifstream table(folder / "regions.csv");
  std::string line;
  std::size_t lines = 0;
  while (std::getline(table, line)) ++lines;
  CHECK(lines == 1 + written.regions.rows.size());
  CHECK_THROWS_AS(write(images, folder), IoError);
  write.options.quantities = {PerfusionQuantity::PH};
  write(images, folder, Overwrite::yes);
  CHECK(fs::exists(folder / "PH.nii.gz"));
  images.perfusion.reset();
  CHECK_THROWS_WITH(write(images, folder, Overwrite::yes), Catch::Matchers::Contains("no DSC series"));
}

TEST_CASE("labels drawn on CET1 are carried to the DSC grid", "[pipeline]") {
  auto images = phantom_study();
  const auto direct = ExtractCurves{}(images);
  // CET1 on a grid of 2 mm in the same space; labels drawn there.
  auto fine = images.perfusion->geometry();
  fine.size = {40, 40, 40};
  fine.spacing = {2, 2, 2};
  fine.origin.array() -= 1.0;
  Image<std::uint8_t> labels(fine);
  Image<float> cet1(fine, 100.0f);
  for (int z = 0; z < 40; ++z) {
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 40; ++x) labels(x, y, z) = images.labels->image()(x / 2, y / 2, z / 2);
    }
  }
  images.labels = LabelMap(labels);
  images.structural.emplace(Modality::cet1, cet1);
  ExtractCurves extract;
  extract.preprocess.register_images = false;
  extract.preprocess.correct_bias = false;
  const auto carried = extract(images);
  CHECK(carried.labels.geometry().difference(images.perfusion->geometry()).empty());
  CHECK(carried.labels.voxel_count(Region::whole_tumour) == direct.labels.voxel_count(Region::whole_tumour));
  CHECK((carried.signals.values - direct.signals.values).cwiseAbs().maxCoeff() == 0.0);
}

TEST_CASE("a segmenter of the user's takes the place of the given labels", "[pipeline]") {
  class HalfTumour : public Segmenter {
   public:
    LabelMap operator()(const AlignedStudy& study, const Progress&) const override {
      Image<std::uint8_t> labels(study.structural.begin()->second.geometry());
      labels(20, 20, 20) = LabelValue::oedema;
      for (int x = 16; x < 24; ++x) {
        for (int y = 16; y < 24; ++y) {
          for (int z = 16; z < 24; ++z) labels(x, y, z) = LabelValue::oedema;
        }
      }
      return LabelMap(labels);
    }
    std::string name() const override { return "half tumour"; }
  };
  auto images = phantom_study();
  images.labels.reset();
  images.structural.emplace(Modality::cet1, Image<float>(images.perfusion->geometry(), 100.0f));
  PredictStudy step;
  step.extract.preprocess.register_images = false;
  step.extract.preprocess.correct_bias = false;
  step.extract.preprocess.spacing = 2.0;
  const HalfTumour segmenter;
  const auto prediction = step(images, network_for({"WT", "AIF"}), &segmenter);
  CHECK(prediction.provenance.options.at("segmenter") == "half tumour");
  CHECK(prediction.signals.voxel_counts[3] == 64);
}

TEST_CASE("a segmenter says whether the bias field is corrected for it", "[pipeline]") {
  class Watching : public Segmenter {
   public:
    explicit Watching(bool wants) : wants_(wants) {}
    LabelMap operator()(const AlignedStudy& study, const Progress&) const override {
      const auto& image = study.image(Modality::cet1);
      seen.assign(image.data(), image.data() + image.size());
      Image<std::uint8_t> labels(image.geometry());
      for (int x = 16; x < 24; ++x) {
        for (int y = 16; y < 24; ++y) {
          for (int z = 16; z < 24; ++z) labels(x, y, z) = LabelValue::oedema;
        }
      }
      return LabelMap(labels);
    }
    std::string name() const override { return "watching"; }
    bool wants_bias_correction() const override { return wants_; }
    mutable std::vector<float> seen;

   private:
    bool wants_;
  };
  auto images = phantom_study();
  images.labels.reset();
  Image<float> cet1(images.perfusion->geometry());
  for (std::int64_t z = 0; z < cet1.geometry().size[2]; ++z) {
    for (std::int64_t y = 0; y < cet1.geometry().size[1]; ++y) {
      for (std::int64_t x = 0; x < cet1.geometry().size[0]; ++x) cet1(x, y, z) = 100.0F + static_cast<float>(x);
    }
  }
  images.structural.emplace(Modality::cet1, std::move(cet1));
  ExtractCurves extract;
  extract.preprocess.register_images = extract.preprocess.classify_tissue = extract.preprocess.correct_motion = false;
  extract.preprocess.spacing = 2.0;
  const Watching with(true), without(false), again(true);
  extract(images, &with);
  extract(images, &without);
  CHECK(with.seen != without.seen);
  extract.preprocess.correct_bias = false;
  extract(images, &again);
  CHECK(again.seen == without.seen);
}

TEST_CASE("what is missing is named", "[pipeline]") {
  const auto images = phantom_study();
  const auto network = network_for({"ET", "NET", "ED", "WT", "AIF"});
  const auto without = [&](auto change) {
    auto copy = images;
    change(copy);
    return copy;
  };
  using Catch::Matchers::Contains;
  CHECK_THROWS_WITH(PredictStudy{}(without([](auto& s) { s.perfusion.reset(); }), network), Contains("no DSC series"));
  CHECK_THROWS_WITH(PredictStudy{}(without([](auto& s) { s.labels.reset(); }), network), Contains("no label map"));
  CHECK_THROWS_WITH(PredictStudy{}.from_curves(RegionCurves{}.compute(*images.perfusion, *images.labels, nullptr), network),
                    Contains("missing here: AIF") && Contains("ET, NET, ED, WT") && Contains("aif.nii.gz"));
  CHECK_THROWS_AS(
      PredictStudy{}(without([](auto& s) { s.labels = LabelMap(Image<std::uint8_t>(s.labels->geometry())); }), network),
      DataError);
  CHECK_THROWS_WITH(PredictStudy{}(without([](auto& s) { s.labels = ball(10).labels; }), network),
                    Contains("no CET1 image to align them by"));
}

TEST_CASE("channels are matched by name, whatever their order", "[pipeline]") {
  const auto curves = ExtractCurves{}(phantom_study()).signals;
  auto shuffled = curves;
  shuffled.names = {"AIF", "WT", "ED", "NET", "ET"};
  for (int i = 0; i < 5; ++i) shuffled.values.col(i) = curves.values.col(4 - i);
  shuffled.voxel_counts.clear();
  const auto network = network_for({"ET", "NET", "ED", "WT", "AIF"});
  const PredictStudy step;
  CHECK(step.from_curves(shuffled, network).probability == step.from_curves(curves, network).probability);
  CHECK(step.from_curves(curves, network_for({"WT"})).windows.probability.size() == 8);
}

TEST_CASE("a series sampled otherwise than in training is flagged, and one too short refused", "[pipeline]") {
  auto curves = ExtractCurves{}(phantom_study()).signals;
  const auto network = network_for({"WT"});
  const auto has = [](const QcFlags& flags, const std::string& code) {
    return std::any_of(flags.begin(), flags.end(), [&](const QcFlag& flag) { return flag.code == code; });
  };
  CHECK_FALSE(has(PredictStudy{}.from_curves(curves, network).flags, "pipeline.time_step.differs"));
  auto slow = curves;
  slow.times *= 1.3;
  CHECK(has(PredictStudy{}.from_curves(slow, network).flags, "pipeline.time_step.differs"));
  auto brief = curves;
  brief.times.conservativeResize(46);
  brief.values.conservativeResize(46, Eigen::NoChange);
  CHECK_THROWS_AS(PredictStudy{}.from_curves(brief, network), DataError);
  curves.quantity = CurveQuantity::delta_r2s;
  CHECK_THROWS_AS(PredictStudy{}.from_curves(curves, network), DataError);
}

TEST_CASE("a network trained on simulated patients says so in every prediction", "[pipeline]") {
  auto network = network_for({"WT"});
  network.simulated = true;
  const auto prediction = PredictStudy{}.from_curves(ExtractCurves{}(phantom_study()).signals, network, "p\"1");
  CHECK(prediction.provenance.simulated);
  const auto json = nlohmann::json::parse(to_json(prediction));
  CHECK(json["patient"] == "p\"1");
  CHECK(json["provenance"]["simulated"] == true);
  CHECK(json["flags"][0]["code"] == "model.simulated");
  CHECK(json["attention"]["weight"].size() == 60);
  CHECK(json["probability_idh_mutant"].get<double>() == prediction.probability);
}

TEST_CASE("samples of many patients need labels for all or for none", "[pipeline]") {
  const auto curves = ExtractCurves{}(phantom_study()).signals;
  const MakeWindows make_windows;
  std::vector<PatientCurves> patients{{"a", 1, curves}, {"b", 0, curves}};
  const auto dataset = make_windows(patients);
  CHECK(dataset.curves.samples == 16);
  CHECK(dataset.labels[8] == 0);
  CHECK(dataset.patients[8] == "b");
  patients[1].label.reset();
  CHECK_THROWS_WITH(make_windows(patients), Catch::Matchers::Contains("patient b has no label"));
  CHECK_THROWS_AS(make_windows(std::vector<PatientCurves>{}), DataError);
}

TEST_CASE("aligned images are written once, with transforms and provenance", "[pipeline]") {
  const auto folder = fs::temp_directory_path() / "bolus-write-aligned";
  fs::remove_all(folder);
  auto images = phantom_study();
  for (const auto modality : all_modalities)
    images.structural.emplace(modality, Image<float>(images.perfusion->geometry(), 50.0f));
  Preprocess preprocess;
  preprocess.register_images = preprocess.correct_bias = preprocess.extract_brain = preprocess.correct_motion = false;
  preprocess.spacing = 4.0;
  const auto result = preprocess(images);
  const auto paths = write_aligned(result, images, folder, preprocess);
  for (const auto& path : paths) CHECK(fs::exists(path));
  CHECK(read_image(folder / "flair.nii.gz")(9, 9, 9) == 50.0f);
  std::ifstream stream(folder / "provenance.json");
  const auto json = nlohmann::json::parse(stream);
  CHECK(json["step"] == "preprocess");
  CHECK(json["inputs"].size() == 6);
  CHECK_THROWS_AS(write_aligned(result, images, folder, preprocess), IoError);
  CHECK_NOTHROW(write_aligned(result, images, folder, preprocess, Overwrite::yes));
}
