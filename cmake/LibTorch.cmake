# Defines bolus::torch: LibTorch as it lies in the PyTorch wheel. Installed with the package, which reads it again.
#
# Not find_package(Torch): with the CUDA wheel, which is what PyPI gives by default, it stops where no CUDA toolkit is
# installed, although nothing of the toolkit is needed to compile or run against LibTorch.
#
# BOLUS_TORCH_ROOT: the folder with include/ and lib/; found through the Python interpreter when not given.
# BOLUS_TORCH_EXPECTED_VERSION: its minor version must be that of LibTorch, which keeps no binary compatibility between them.
# BOLUS_TORCH_OPTIONAL: when true, a problem is left in BOLUS_TORCH_PROBLEM and bolus::torch is not defined.
if(TARGET bolus::torch)
  return()
endif()

if(NOT BOLUS_TORCH_ROOT)
  find_package(Python QUIET COMPONENTS Interpreter)
  if(Python_EXECUTABLE)
    execute_process(
      COMMAND ${Python_EXECUTABLE} -c
              "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
      OUTPUT_VARIABLE BOLUS_TORCH_FOUND
      OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  set(BOLUS_TORCH_ROOT
      "${BOLUS_TORCH_FOUND}"
      CACHE PATH "Folder of LibTorch with include/ and lib/" FORCE)
endif()

set(BOLUS_TORCH_PROBLEM)
set(BOLUS_TORCH_VERSION_HEADER "${BOLUS_TORCH_ROOT}/include/torch/headeronly/version.h")
if(NOT EXISTS "${BOLUS_TORCH_VERSION_HEADER}") # where it lay in older versions
  set(BOLUS_TORCH_VERSION_HEADER "${BOLUS_TORCH_ROOT}/include/torch/csrc/api/include/torch/version.h")
endif()
if(NOT EXISTS "${BOLUS_TORCH_VERSION_HEADER}")
  set(BOLUS_TORCH_PROBLEM
      "LibTorch was not found (BOLUS_TORCH_ROOT='${BOLUS_TORCH_ROOT}', Python: ${Python_EXECUTABLE}).\n\
Install it for that Python with: pip install torch==2.13.0\n\
or name a folder with -DBOLUS_TORCH_ROOT=..., or do without bolus' component nn (to build bolus: -DBOLUS_WITH_NN=OFF).")
else()
  set(BOLUS_TORCH_NUMBERS)
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${BOLUS_TORCH_VERSION_HEADER}" BOLUS_TORCH_LINE REGEX "^#define TORCH_VERSION_${part} ")
    string(REGEX MATCH "[0-9]+" BOLUS_TORCH_NUMBER "${BOLUS_TORCH_LINE}")
    list(APPEND BOLUS_TORCH_NUMBERS ${BOLUS_TORCH_NUMBER})
  endforeach()
  list(JOIN BOLUS_TORCH_NUMBERS "." BOLUS_TORCH_VERSION)
  if(BOLUS_TORCH_EXPECTED_VERSION)
    string(REGEX MATCH "^[0-9]+\\.[0-9]+\\." BOLUS_TORCH_FOUND_MINOR "${BOLUS_TORCH_VERSION}")
    string(REGEX MATCH "^[0-9]+\\.[0-9]+\\." BOLUS_TORCH_EXPECTED_MINOR "${BOLUS_TORCH_EXPECTED_VERSION}")
    if(NOT BOLUS_TORCH_FOUND_MINOR STREQUAL BOLUS_TORCH_EXPECTED_MINOR)
      set(BOLUS_TORCH_PROBLEM
          "bolus was built with LibTorch ${BOLUS_TORCH_EXPECTED_VERSION} but LibTorch ${BOLUS_TORCH_VERSION} was found in \
${BOLUS_TORCH_ROOT}.\nInstall torch==${BOLUS_TORCH_EXPECTED_VERSION}, name it with -DBOLUS_TORCH_ROOT=..., or build bolus again."
      )
    endif()
  endif()
endif()
if(BOLUS_TORCH_PROBLEM)
  if(BOLUS_TORCH_OPTIONAL)
    return()
  endif()
  message(FATAL_ERROR "${BOLUS_TORCH_PROBLEM}")
endif()
message(STATUS "LibTorch ${BOLUS_TORCH_VERSION}: ${BOLUS_TORCH_ROOT}")

add_library(bolus::torch INTERFACE IMPORTED)
target_include_directories(bolus::torch SYSTEM INTERFACE "${BOLUS_TORCH_ROOT}/include"
                                                         "${BOLUS_TORCH_ROOT}/include/torch/csrc/api/include")
foreach(library c10 torch_cpu torch)
  find_library(
    BOLUS_TORCH_LIBRARY_${library} ${library}
    PATHS "${BOLUS_TORCH_ROOT}/lib"
    NO_DEFAULT_PATH REQUIRED)
  target_link_libraries(bolus::torch INTERFACE "${BOLUS_TORCH_LIBRARY_${library}}")
endforeach()
target_compile_features(bolus::torch INTERFACE cxx_std_20)
