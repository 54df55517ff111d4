# The layers of src/, from the table src/LAYERS.
#   gyr_<layer>           object library of src/<layer>/*.c
#   gyr_internals_<layer> what a test of that layer links: its objects, those below it, the internal headers
#   gyr_internals         the same with all layers
# SPDX-License-Identifier: Apache-2.0

# Sets GYR_LAYERS (lowest first) and, for each, GYR_BELOW_<layer>: all layers under it, near or far.
function(gyr_read_layers table)
    file(STRINGS ${table} lines REGEX "^[a-z]+:")
    set(layers "")
    foreach(line IN LISTS lines)
        string(REGEX MATCH "^([a-z]+):(.*)$" _ "${line}")
        set(layer ${CMAKE_MATCH_1})
        string(REGEX MATCHALL "[a-z]+" arrows "${CMAKE_MATCH_2}")
        list(REMOVE_ITEM arrows include)
        set(below "")
        foreach(arrow IN LISTS arrows)
            if(NOT arrow IN_LIST layers)
                message(FATAL_ERROR "${table}: ${layer} -> ${arrow}: a layer may only point at one written above it")
            endif()
            list(APPEND below ${arrow} ${below_${arrow}})
        endforeach()
        list(REMOVE_DUPLICATES below)
        set(below_${layer} ${below})
        set(GYR_BELOW_${layer} ${below} PARENT_SCOPE)
        list(APPEND layers ${layer})
    endforeach()
    set(GYR_LAYERS ${layers} PARENT_SCOPE)
endfunction()

add_library(gyr_internals INTERFACE)
target_include_directories(gyr_internals INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
set_property(GLOBAL PROPERTY gyr_layer_targets "")

# Layers without C files (not written yet, or outside src/) get no target.
function(gyr_add_layer layer)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${layer}/*.c)
    if(NOT sources)
        return()
    endif()
    add_library(gyr_${layer} OBJECT ${sources})
    target_include_directories(gyr_${layer} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(gyr_${layer} PRIVATE gyr_flags)
    set_target_properties(gyr_${layer} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    set_property(GLOBAL APPEND PROPERTY gyr_layer_targets gyr_${layer})

    add_library(gyr_internals_${layer} INTERFACE)
    target_include_directories(gyr_internals_${layer} INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
    foreach(part ${layer} ${GYR_BELOW_${layer}})
        if(TARGET gyr_${part})
            target_sources(gyr_internals_${layer} INTERFACE $<TARGET_OBJECTS:gyr_${part}>)
        endif()
    endforeach()
    target_link_libraries(gyr_internals_${layer} INTERFACE m Threads::Threads)
    target_sources(gyr_internals INTERFACE $<TARGET_OBJECTS:gyr_${layer}>)
endfunction()
