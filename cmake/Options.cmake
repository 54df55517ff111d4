# Options, and gyr_flags: how every C file of this project is compiled and linked (warnings, sanitizers, hardening).
# SPDX-License-Identifier: Apache-2.0
set(GYR_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")
set(GYR_TESTS AUTO CACHE STRING "Build the tests: ON, OFF, or AUTO (when their libraries are installed)")
set_property(CACHE GYR_TESTS PROPERTY STRINGS AUTO ON OFF)
option(GYR_WERROR "Warnings are errors" OFF)
option(GYR_BENCH "Build the benches" ${PROJECT_IS_TOP_LEVEL})
option(GYR_PYTHON "Test the Python binding, too; it is built by its own rules, with the default compiler" OFF)
option(GYR_FUZZ "Build the fuzz targets (clang only)" OFF)

get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT CMAKE_BUILD_TYPE AND NOT multi_config)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_FLAGS_RELEASE "-O2 -g -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g3")

add_library(gyr_flags INTERFACE)
target_compile_definitions(gyr_flags INTERFACE _GNU_SOURCE)
target_compile_options(gyr_flags INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wno-missing-field-initializers
    -fvisibility=hidden)
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    # gcc would clear and copy structs by `rep stos` and `rep movs`, which are slow to start; the C library's functions use
    # vectors. Some 60 ns of a small request.
    target_compile_options(gyr_flags INTERFACE -mmemset-strategy=libcall:-1:noalign -mmemcpy-strategy=libcall:-1:noalign)
endif()
if(GYR_WERROR)
    target_compile_options(gyr_flags INTERFACE -Werror)
endif()

if(GYR_SANITIZE)
    set(sanitize -fsanitize=${GYR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_options(gyr_flags INTERFACE ${sanitize})
    target_link_options(gyr_flags INTERFACE ${sanitize})
else()
    # Hardening that costs nothing at run time; FORTIFY and the sanitizers do not go together.
    if(NOT CMAKE_C_FLAGS MATCHES _FORTIFY_SOURCE)
        target_compile_options(gyr_flags INTERFACE $<$<CONFIG:Release>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
    endif()
    target_link_options(gyr_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(GYR_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "GYR_FUZZ=ON needs clang: configure with -DCMAKE_C_COMPILER=clang-14, or use the preset fuzz")
    endif()
    target_compile_options(gyr_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
