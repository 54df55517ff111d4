# libgyr.a and libgyr.so out of the layers. Of the shared library only gyr_* is visible: internals are hidden by
# -fvisibility=hidden, and cmake/exports.map drops whatever else a marked symbol could drag in.
# SPDX-License-Identifier: Apache-2.0
get_property(layer_targets GLOBAL PROPERTY gyr_layer_targets)
set(objects "")
foreach(target IN LISTS layer_targets)
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
endforeach()

add_library(gyr_static STATIC ${objects})
add_library(gyr_shared SHARED ${objects})
foreach(target gyr_static gyr_shared)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME gyr LINKER_LANGUAGE C)
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:gyr_flags> m Threads::Threads)
endforeach()

# Before 1.0 a minor version may change the interface, so it is part of the soname.
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(soversion ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
else()
    set(soversion ${PROJECT_VERSION_MAJOR})
endif()
set(exports ${PROJECT_SOURCE_DIR}/cmake/exports.map)
set_target_properties(gyr_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${soversion} LINK_DEPENDS ${exports})
target_link_options(gyr_shared PRIVATE -Wl,--version-script=${exports} -Wl,--as-needed)
if(NOT GYR_SANITIZE AND NOT GYR_FUZZ)
    target_link_options(gyr_shared PRIVATE -Wl,--no-undefined)
endif()

set_target_properties(gyr_shared PROPERTIES EXPORT_NAME gyr)
add_library(Gyrfalcon::gyr ALIAS gyr_shared)
add_library(Gyrfalcon::gyr_static ALIAS gyr_static)
