# Headers, libraries and the CMake package. Each component has an export file of its own, so that a user of bolus::core needs
# neither ITK nor LibTorch, even where the package was built with them.
include(CMakePackageConfigHelpers)

set(BOLUS_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/bolus")
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/include/bolus
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT cpp
  FILES_MATCHING
  PATTERN "*.hpp")

set(BOLUS_BUILT_COMPONENTS)
foreach(target ${BOLUS_TARGETS})
  get_target_property(name ${target} EXPORT_NAME)
  list(APPEND BOLUS_BUILT_COMPONENTS ${name})
  install(
    TARGETS ${target}
    EXPORT bolus-${name}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT cpp)
  install(
    EXPORT bolus-${name}
    FILE bolus-${name}-targets.cmake
    NAMESPACE bolus::
    DESTINATION ${BOLUS_INSTALL_CMAKEDIR}
    COMPONENT cpp)
endforeach()
list(REMOVE_ITEM BOLUS_BUILT_COMPONENTS bolus) # not a component: it joins those that were built

configure_package_config_file(
  cmake/bolusConfig.cmake.in bolusConfig.cmake
  INSTALL_DESTINATION ${BOLUS_INSTALL_CMAKEDIR}
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(bolusConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${CMAKE_CURRENT_BINARY_DIR}/bolusConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/bolusConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/LibTorch.cmake
  DESTINATION ${BOLUS_INSTALL_CMAKEDIR}
  COMPONENT cpp)
