#pragma once
/// The version of the library. CMake and pyproject read it from here, so that it is written once.
#define BOLUS_VERSION_MAJOR 0
#define BOLUS_VERSION_MINOR 1
#define BOLUS_VERSION_PATCH 0
#define BOLUS_VERSION "0.1.0"
