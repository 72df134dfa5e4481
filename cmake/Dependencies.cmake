# Everything that is found outside this repository. What users of the installed package need again, bolusConfig.cmake finds.

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Threads REQUIRED)

if(BOLUS_WITH_IMAGING OR BOLUS_WITH_NN)
  # torch ships fmt 12 in its include folder and shadows Debian's fmt 9; header-only, either one works.
  find_package(fmt REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()

if(BOLUS_WITH_IMAGING)
  # No ITK_USE_FILE: it would change global flags and include paths, and its factories are not needed (src/io makes its readers).
  set(BOLUS_ITK_COMPONENTS
      ITKCommon
      ITKGDCM
      ITKIOImageBase
      ITKIOMeta
      ITKIONRRD
      ITKImageFunction
      ITKImageGrid
      ITKMetricsv4
      ITKSmoothing
      ITKTransform
      ITKZLIB)
  find_package(ITK 5.2 REQUIRED COMPONENTS ${BOLUS_ITK_COMPONENTS})
endif()

if(BOLUS_WITH_NN)
  include(${CMAKE_CURRENT_LIST_DIR}/LibTorch.cmake)
endif()
