# Defines bolus::torch: LibTorch as it lies in the PyTorch wheel.
#
# Not find_package(Torch): with the CUDA wheel, which is what PyPI gives by default, it stops where no CUDA toolkit is
# installed, although nothing of the toolkit is needed to compile or run against LibTorch.
#
# BOLUS_TORCH_ROOT: the folder with include/ and lib/; found through the Python interpreter when not given.
if(TARGET bolus::torch)
  return()
endif()

if(NOT BOLUS_TORCH_ROOT)
  find_package(Python REQUIRED COMPONENTS Interpreter)
  execute_process(
    COMMAND ${Python_EXECUTABLE} -c
            "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
    OUTPUT_VARIABLE BOLUS_TORCH_FOUND
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(BOLUS_TORCH_ROOT
      "${BOLUS_TORCH_FOUND}"
      CACHE PATH "Folder of LibTorch with include/ and lib/" FORCE)
endif()
if(NOT EXISTS "${BOLUS_TORCH_ROOT}/include/torch/csrc/api/include/torch/torch.h")
  message(
    FATAL_ERROR
      "LibTorch was not found (BOLUS_TORCH_ROOT='${BOLUS_TORCH_ROOT}', Python: ${Python_EXECUTABLE}).\n"
      "Install it for that Python with: pip install torch==2.13.0\n"
      "or name a folder with -DBOLUS_TORCH_ROOT=..., or build without it with -DBOLUS_WITH_NN=OFF.")
endif()

set(BOLUS_TORCH_VERSION "unknown")
if(EXISTS "${BOLUS_TORCH_ROOT}/version.py")
  file(STRINGS "${BOLUS_TORCH_ROOT}/version.py" BOLUS_TORCH_VERSION_LINE REGEX "^__version__")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" BOLUS_TORCH_VERSION "${BOLUS_TORCH_VERSION_LINE}")
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
