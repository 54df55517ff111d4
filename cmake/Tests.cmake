# Tests, found by glob; each test_*.c is one cmocka executable and one ctest test, labelled by its folder.
#   tests/unit/<layer>/            links that layer and those below it
#   tests/{exec,model,faults,api}/ link all layers
#   tests/conformance/adapter/     the program gyr-adapter
#   tests/fuzz/fuzz_*.c            libFuzzer programs, with GYR_FUZZ=ON
# tests/lib/*.c are helpers for all of them. They run in the root of the project.
# SPDX-License-Identifier: Apache-2.0
set(tests_dir ${PROJECT_SOURCE_DIR}/tests)

file(GLOB sources CONFIGURE_DEPENDS ${tests_dir}/conformance/adapter/*.c)
if(sources)
    add_executable(gyr-adapter ${sources})
    target_link_libraries(gyr-adapter PRIVATE gyr_flags gyr_internals m Threads::Threads)
    set_target_properties(gyr-adapter PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()

if(GYR_FUZZ)
    file(GLOB sources CONFIGURE_DEPENDS ${tests_dir}/fuzz/fuzz_*.c)
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM name)
        add_executable(${name} ${source})
        target_link_libraries(${name} PRIVATE gyr_flags gyr_internals m Threads::Threads)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    endforeach()
endif()

if(NOT GYR_TESTS)
    return()
endif()
if(PkgConfig_FOUND)
    pkg_check_modules(CMOCKA QUIET IMPORTED_TARGET cmocka)
    pkg_check_modules(JANSSON QUIET IMPORTED_TARGET jansson)
endif()
if(NOT CMOCKA_FOUND OR NOT JANSSON_FOUND)
    if(GYR_TESTS STREQUAL AUTO)
        message(STATUS "Tests: left out, cmocka or jansson is not installed (make test installs them)")
        return()
    endif()
    message(FATAL_ERROR "GYR_TESTS=ON needs cmocka and jansson: run tools/install-deps build test")
endif()
enable_testing()

file(GLOB sources CONFIGURE_DEPENDS ${tests_dir}/lib/*.c)
add_library(gyr_testlib INTERFACE)
target_include_directories(gyr_testlib INTERFACE ${tests_dir}/lib)
target_link_libraries(gyr_testlib INTERFACE gyr_flags PkgConfig::CMOCKA)
# assert() in a test must stay alive in a release build.
target_compile_options(gyr_testlib INTERFACE -UNDEBUG)
if(sources)
    add_library(gyr_testlib_files STATIC ${sources})
    target_include_directories(gyr_testlib_files PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(gyr_testlib_files PRIVATE gyr_testlib)
    target_link_libraries(gyr_testlib INTERFACE gyr_testlib_files)
endif()

# gyr_add_tests(<folder below tests/> <label> <internals> [libraries...])
function(gyr_add_tests folder label internals)
    file(GLOB sources CONFIGURE_DEPENDS ${tests_dir}/${folder}/test_*.c)
    # Other files of the folder are helpers, part of every test of it.
    file(GLOB helpers CONFIGURE_DEPENDS ${tests_dir}/${folder}/*.c)
    list(FILTER helpers EXCLUDE REGEX "/test_[^/]*$")
    string(REPLACE "/" "_" prefix ${folder})
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM stem)
        set(target ${prefix}_${stem})
        add_executable(${target} ${source} ${helpers})
        target_link_libraries(${target} PRIVATE gyr_testlib ${internals} ${ARGN} m Threads::Threads)
        set_target_properties(${target} PROPERTIES
            OUTPUT_NAME ${stem} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/${folder})
        string(REGEX REPLACE "^test_" "" name ${stem})
        add_test(NAME ${folder}/${name} COMMAND ${target} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
        set_tests_properties(${folder}/${name} PROPERTIES LABELS ${label} TIMEOUT 300)
        gyr_sanitizer_environment(${folder}/${name})
    endforeach()
endfunction()

function(gyr_sanitizer_environment test)
    set_tests_properties(${test} PROPERTIES ENVIRONMENT
        "ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1;UBSAN_OPTIONS=print_stacktrace=1;TSAN_OPTIONS=halt_on_error=1")
endfunction()

foreach(layer IN LISTS GYR_LAYERS)
    if(TARGET gyr_internals_${layer})
        set(extra "")
        if(layer STREQUAL json)
            set(extra PkgConfig::JANSSON)
        endif()
        gyr_add_tests(unit/${layer} ${layer} gyr_internals_${layer} ${extra})
    endif()
endforeach()
foreach(folder exec model faults api)
    gyr_add_tests(${folder} ${folder} gyr_internals)
endforeach()
