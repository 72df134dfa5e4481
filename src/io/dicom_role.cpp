#include "dicom_role.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <bolus/core/error.hpp>

namespace bolus::io {
namespace {

using detail::message;

/// Lower case, everything but letters, digits and + made a blank, with blanks around: so that a word can be looked for as a
/// word.
std::string as_words(const std::string& text) {
  std::string words = " ";
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    words += std::isalnum(u) || c == '+' ? static_cast<char>(std::tolower(u)) : ' ';
  }
  return words + " ";
}

struct Words {
  std::string text;  ///< as words
  std::string run;   ///< without blanks

  explicit Words(const std::string& raw) : text(as_words(raw)) {
    for (const char c : text) {
      if (c != ' ') run += c;
    }
  }
  /// `word` stands alone or with digits or short endings: " t1 ", " t1w".
  bool word(std::string_view wanted) const { return text.find(message(" ", wanted, " ")) != std::string::npos; }
  bool part(std::string_view wanted) const { return run.find(wanted) != std::string::npos; }
  /// The first of `wanted` that is there.
  template <class List>
  std::string any_word(const List& wanted) const {
    for (const std::string_view candidate : wanted) {
      if (word(candidate)) return std::string(candidate);
    }
    return {};
  }
  template <class List>
  std::string any_part(const List& wanted) const {
    for (const std::string_view candidate : wanted) {
      if (part(candidate)) return std::string(candidate);
    }
    return {};
  }
};

constexpr std::array<std::string_view, 12> localiser_parts{"localiz", "localis", "scout",  "survey",     "3plane", "threeplane",
                                                           "locator", "lokali",  "pilot_", "smartbrain", "aahead", "plan_"};
constexpr std::array<std::string_view, 12> localiser_words{"loc",   "localizer", "plan", "planning", "calibration", "cal",
                                                           "asset", "refscan",   "ref",  "shim",     "prescan",     "coilsens"};
constexpr std::array<std::string_view, 16> diffusion_words{"dwi",    "dti",       "adc",   "eadc", "trace", "tracew",
                                                           "fa",     "diffusion", "diff",  "dki",  "noddi", "colfa",
                                                           "tensor", "ivim",      "b1000", "dsi"};
constexpr std::array<std::string_view, 30> map_words{
    "cbf",      "cbv", "mtt", "ttp",   "tmax",  "rcbv",  "rcbf",       "rmtt",        "relcbv", "relcbf",
    "relmtt",   "gbp", "pbp", "mip",   "mpr",   "mpr3d", "minip",      "subtraction", "sub",    "subtr",
    "fieldmap", "b0",  "b1",  "t1map", "t2map", "phase", "screensave", "report",      "vrt",    "processed"};
constexpr std::array<std::string_view, 16> other_words{"swi", "swan", "venobold", "svs",   "csi",  "mrs",  "tof",  "mra",
                                                       "mrv", "pc",   "asl",      "pcasl", "pasl", "stir", "ciss", "fiesta"};
constexpr std::array<std::string_view, 6> task_words{"bold", "fmri", "rest", "restingstate", "task", "rsfmri"};
constexpr std::array<std::string_view, 8> perfusion_words{"dsc",   "perf",   "perfusion", "pwi",
                                                          "bolus", "dscmri", "perfusie",  "gepwi"};
constexpr std::array<std::string_view, 5> permeability_words{"dce", "permeability", "vibe", "twist", "ktrans"};
constexpr std::array<std::string_view, 5> t1_words{"t1", "t1w", "mprage", "bravo", "spgr"};
constexpr std::array<std::string_view, 10> t1_parts{"t1",    "mprage", "bravo", "spgr",  "tfl3d",
                                                    "fspgr", "t1tfe",  "t1ffe", "3dtfe", "irfspgr"};
constexpr std::array<std::string_view, 6> flair_parts{"flair", "darkfluid", "t2tirm", "tirmtra", "t2f_", "spaceir"};
constexpr std::array<std::string_view, 10> contrast_words{"+c", "gd",       "gad",          "post",     "ce",
                                                          "km", "contrast", "postcontrast", "kontrast", "pc+"};
constexpr std::array<std::string_view, 11> contrast_parts{"+c",   "+gd",    "+gad",    "+km",    "t1ce",  "t1c+",
                                                          "t1gd", "t1post", "gadolin", "postgd", "postkm"};
constexpr std::array<std::string_view, 6> plain_words{"pre", "nativ", "native", "precontrast", "noncontrast", "without"};

}  // namespace

RoleGuess guess_role(const DicomHeader& header, const DicomSeries& series, bool parallel) {
  RoleGuess guess;
  const Words words(header.description + " " + header.protocol + " " + header.sequence_name);
  const auto& echo_times = series.echo_times;
  const double te = echo_times.empty() ? 0.0 : echo_times.back() * 1e3;  // ms from here on
  const double first_te = echo_times.empty() ? 0.0 : echo_times.front() * 1e3;
  const double tr = header.repetition_time.value_or(0.0) * 1e3, ti = header.inversion_time.value_or(0.0) * 1e3;
  const bool spin_echo = header.scanning_sequence.find("SE") != std::string::npos;
  const bool gradient = header.scanning_sequence.find("GR") != std::string::npos;
  const bool planar = header.scanning_sequence.find("EP") != std::string::npos || words.part("epi") || words.part("ep2d") ||
                      header.sequence_name.find("epfid") != std::string::npos;
  const bool inversion = header.scanning_sequence.find("IR") != std::string::npos || ti > 0.0;
  const auto is_type = [&](std::string_view name) {
    return std::find(header.image_type.begin(), header.image_type.end(), name) != header.image_type.end();
  };
  const auto note = [&](std::string text) { guess.reasons.push_back(std::move(text)); };
  const auto other = [&](double confidence, std::string why) {
    guess.role = SeriesRole::other;
    guess.confidence = confidence;
    note(std::move(why));
    return guess;
  };

  // What it cannot be, whatever else it looks like.
  if (header.modality != "MR") return other(1.0, header.modality.empty() ? "no modality given" : "not an MR image");
  if (header.identity_removed && header.description == "other") return other(1.0, "marked so when its identity was removed");
  if (is_type("LOCALIZER") || is_type("LOC")) return other(1.0, "image type localiser");
  if (!parallel) return other(1.0, "slices of several orientations: a localiser");
  if (const auto found = words.any_part(localiser_parts); !found.empty())
    return other(0.95, "called '" + found + "': a localiser");
  if (const auto found = words.any_word(localiser_words); !found.empty())
    return other(0.9, "called '" + found + "': a scan for planning");
  if (series.size[2] < 2) return other(0.9, "one slice");
  if (header.b_value.value_or(0.0) > 0.0 || is_type("DIFFUSION") || is_type("ADC") || is_type("TRACEW") || is_type("FA")) {
    return other(1.0, "diffusion-weighted or a map of it");
  }
  if (const auto found = words.any_word(diffusion_words); !found.empty())
    return other(0.9, "called '" + found + "': diffusion");
  if (const auto found = words.any_word(map_words); !found.empty())
    return other(0.9, "called '" + found + "': derived from other images");
  if (is_type("CBF") || is_type("CBV") || is_type("MTT") || is_type("TTP") || is_type("PBP") || is_type("GBP") ||
      is_type("SUB")) {
    return other(0.95, "a map, by its image type");
  }
  if (is_type("DERIVED") && is_type("MPR")) return other(0.7, "reformatted from another series");
  if (const auto found = words.any_word(other_words); !found.empty()) return other(0.9, "called '" + found + "'");
  if (header.acquisition_contrast == "PERFUSION" && words.part("casl")) return other(0.95, "arterial spin labelling");

  // Contrast agent: words over the tag, which technologists fill in for a whole session or not at all.
  const auto post = words.any_word(contrast_words).empty() ? words.any_part(contrast_parts) : words.any_word(contrast_words);
  const auto pre = words.any_word(plain_words);
  const bool no_agent =
      header.contrast.empty() || header.contrast == "NO" || header.contrast == "NONE" || header.contrast == "no";
  guess.says_no_contrast = !pre.empty();
  guess.says_contrast = pre.empty() && (!post.empty() || !no_agent);

  // A time series.
  if (series.volumes >= 8) {
    double score = 0.0;
    if (const auto found = words.any_word(task_words); !found.empty())
      return other(0.9, "a time series called '" + found + "': functional MRI");
    if (const auto found = words.any_word(permeability_words); !found.empty()) {
      return other(0.8, "a time series called '" + found + "': T1-weighted dynamic");
    }
    if (te > 0.0 && te < 8.0) return other(0.8, message("a time series with TE ", te, " ms: T1-weighted dynamic, not DSC"));
    note(message(series.volumes, " volumes"));
    score += series.volumes >= 20 ? 0.3 : 0.15;
    if (planar) {
      score += 0.25;
      note("echo-planar");
    }
    if (te >= 15.0 && te <= 120.0) {
      score += 0.1;
      note(message("TE ", te, " ms"));
    }
    if (tr > 0.0 && tr <= 3500.0) score += 0.05;
    const auto called = words.any_word(perfusion_words).empty()
                            ? (words.part("perf") || words.part("dsc") ? std::string("perf") : std::string())
                            : words.any_word(perfusion_words);
    if (!called.empty() || header.acquisition_contrast == "PERFUSION") {
      score += 0.3;
      note(called.empty() ? "acquisition contrast perfusion" : "called '" + called + "'");
    }
    if (!no_agent) {
      score += 0.1;
      note("contrast agent given");
    }
    guess.role = score >= 0.4 ? SeriesRole::dsc : SeriesRole::other;
    guess.confidence = std::min(1.0, score);
    return guess;
  }
  if (series.volumes > 1) return other(0.6, message(series.volumes, " volumes: neither one image nor a bolus passage"));

  const bool says_flair = !words.any_part(flair_parts).empty();
  const bool says_t2_star =
      words.part("t2star") || words.word("t2*") || words.part("medic") || words.word("hemo") || words.word("gre");
  const bool says_t2 = words.part("t2") && !says_t2_star;
  const bool says_t1 = !words.any_word(t1_words).empty() || !words.any_part(t1_parts).empty();
  if (words.word("pd") && !says_t2) return other(0.8, "proton density");

  struct Score {
    SeriesRole role;
    double value;
    std::string why;
  };
  Score flair{SeriesRole::flair, 0.0, ""}, t2{SeriesRole::t2, 0.0, ""}, t1{SeriesRole::t1, 0.0, ""};
  const auto add = [](Score& score, double value, std::string why) {
    score.value += value;
    score.why += (score.why.empty() ? "" : ", ") + why;
  };
  if (says_flair) add(flair, 0.5, "called FLAIR");
  if (inversion && ti >= 1500.0 && ti <= 3200.0 && te >= 60.0) add(flair, 0.5, message("TI ", ti, " ms, TE ", te, " ms"));
  if (says_flair && te > 0.0 && te < 40.0) {  // T1 FLAIR, as GE has it: inversion-prepared T1
    flair.value = 0.0;
    add(t1, 0.45, "T1 FLAIR by its TE");
  }
  if (says_t2) add(t2, 0.45, "called T2");
  if (te >= 60.0 && tr >= 2000.0 && !(inversion && ti > 0.0) && !planar && !gradient)
    add(t2, 0.5, message("TE ", te, " ms, TR ", tr, " ms"));
  if (flair.value > 0.0) t2.value -= 0.5;
  if (says_t1) add(t1, 0.45, "called T1");
  const bool short_te = first_te > 0.0 && first_te <= 30.0;
  if (short_te && spin_echo && !planar && tr > 0.0 && tr <= 1200.0)
    add(t1, 0.5, message("spin echo with TR ", tr, " ms, TE ", first_te, " ms"));
  if (short_te && first_te <= 12.0 && gradient && !planar && (tr <= 60.0 || (inversion || tr >= 1000.0))) {
    add(t1, 0.45, message("gradient echo with TR ", tr, " ms, TE ", first_te, " ms"));
  }
  if (inversion && ti >= 500.0 && ti <= 1400.0 && short_te) add(t1, 0.2, message("TI ", ti, " ms"));
  if (says_t2_star && gradient) return other(0.8, "T2*-weighted");
  if (planar && te >= 15.0) return other(0.6, "one echo-planar volume");

  const Score* best = &t1;
  if (t2.value > best->value) best = &t2;
  if (flair.value > best->value) best = &flair;
  if (best->value < 0.4) {
    return other(0.3, message("neither T1, T2 nor FLAIR by name or timing (TR ", tr, " ms, TE ", te, " ms)"));
  }
  guess.role = best->role;
  guess.confidence = std::min(1.0, best->value);
  note(best->why);
  if (best == &t1 && guess.says_contrast) {
    guess.role = SeriesRole::cet1;
    note(!post.empty() ? "called '" + post + "'" : "contrast agent given");
    if (post.empty()) guess.confidence = std::min(guess.confidence, 0.8);
  }
  // A stack of a few thick slices is rarely the image one wants.
  if (series.size[2] < 10) {
    guess.confidence *= 0.7;
    note(message(series.size[2], " slices only"));
  }
  if (is_type("DERIVED")) {
    guess.confidence *= 0.8;
    note("derived");
  }
  return guess;
}

}  // namespace bolus::io
