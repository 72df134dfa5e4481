// Uses bolus as a subdirectory of its own project.
#include <bolus/core/random.hpp>
#include <bolus/core/version.hpp>

int main() { return BOLUS_VERSION_MAJOR >= 0 ? 0 : 1; }
