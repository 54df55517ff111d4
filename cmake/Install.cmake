# Install: headers, libraries, pkg-config file, CMake package (Gyrfalcon::gyr, Gyrfalcon::gyr_static).
# SPDX-License-Identifier: Apache-2.0
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Gyrfalcon)

install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS gyr_static gyr_shared EXPORT Gyrfalcon
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT Gyrfalcon NAMESPACE Gyrfalcon:: FILE GyrfalconTargets.cmake DESTINATION ${package_dir})
configure_file(cmake/GyrfalconConfig.cmake.in GyrfalconConfig.cmake @ONLY)
write_basic_package_version_file(GyrfalconConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/GyrfalconConfig.cmake ${PROJECT_BINARY_DIR}/GyrfalconConfigVersion.cmake
    DESTINATION ${package_dir})

# The prefix is found from the place of the .pc file, so an installed tree may be moved.
file(RELATIVE_PATH pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
configure_file(cmake/gyrfalcon.pc.in gyrfalcon.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gyrfalcon.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
