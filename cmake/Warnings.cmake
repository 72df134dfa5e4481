# bolus_warnings(target): the warnings our own code is held to. Private, so that users keep their own.
option(BOLUS_WARNINGS_AS_ERRORS "Stop at a warning in our own code" OFF)

function(bolus_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-sign-conversion)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict) # sees overlaps in std::string that are not there (GCC bug 105651)
  endif()
  if(BOLUS_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
