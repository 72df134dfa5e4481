#pragma once
// Catch2 2 (Debian 12) or 3, whichever there is. Include it last: torch defines macros of the same names.
#include <cstdlib>
#include <filesystem>
#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

/// The folder of real data, or empty where BOLUS_TEST_DATA is not set.
inline std::filesystem::path real_data() {
  const char* folder = std::getenv("BOLUS_TEST_DATA");
  return folder ? std::filesystem::path(folder) : std::filesystem::path();
}

/// Use at the start of a test on real data: without the data it warns and returns, so that a skip is seen.
#define BOLUS_REQUIRE_REAL_DATA()                                               \
  if (real_data().empty()) {                                                    \
    WARN("skipped: BOLUS_TEST_DATA is not set, and this test needs real data"); \
    return;                                                                     \
  }
