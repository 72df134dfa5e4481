# Everything that is found outside this repository. Also read by the installed package (bolusConfig.cmake), which sets the
# same two switches to what was built.
include(CMakeFindDependencyMacro)

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Threads REQUIRED)

if(BOLUS_WITH_IMAGING OR BOLUS_WITH_NN)
  # torch ships fmt 12 in its include folder and shadows Debian's fmt 9; header-only, either one works.
  find_package(fmt REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()

if(BOLUS_WITH_IMAGING)
  # The IO factories are registered by our own code: ITK_USE_FILE would change global flags and include paths.
  find_package(
    ITK 5.2 REQUIRED
    COMPONENTS ITKCommon
               ITKIOImageBase
               ITKIONIFTI
               ITKIONRRD
               ITKIOMeta
               ITKIOTransformBase
               ITKIOTransformInsightLegacy
               ITKTransform
               ITKTransformFactory
               ITKRegistrationMethodsv4
               ITKMetricsv4
               ITKOptimizersv4
               ITKBiasCorrection
               ITKImageGrid
               ITKImageFunction
               ITKImageIntensity
               ITKImageStatistics
               ITKSmoothing
               ITKThresholding
               ITKBinaryMathematicalMorphology
               ITKConnectedComponents
               ITKZLIB)
endif()

if(BOLUS_WITH_NN)
  include(${CMAKE_CURRENT_LIST_DIR}/LibTorch.cmake)
endif()
