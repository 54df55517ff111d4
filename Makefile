# The short way in; CMake with Ninja does the work (CMakePresets.json). `make help` lists the targets.
# SPDX-License-Identifier: Apache-2.0
PREFIX       ?= /usr/local
FUZZ_SECONDS ?= 60
JOBS         ?= $(shell nproc)
MAKEFLAGS    += --no-print-directory

all: ## build the library, the command and the examples (build/release)
	@tools/install-deps build
	@$(call build,release)

demo: ## build and run the blog example over SQLite
	@tools/install-deps build demo
	@$(call build,release,--target example_blog)
	@./build/release/examples/blog/blog

test: ## build and run all tests
	@tools/install-deps build demo test
	@$(call build,release,,-DGYR_TESTS=ON)
	@ctest --preset release
	@sed -En '/^([0-9]+ passed|skipped: )/s/^/pytest: /p' build/release/Testing/Temporary/LastTest.log

bench: ## build and run the benches
	@tools/install-deps build
	@$(call build,release,,-DGYR_BENCH=ON)
	@if [ -x bench/run ]; then bench/run build/release; else \
	    for b in $$(find build/release/bench -type f -perm -u+x | sort); do echo "== $${b#build/release/}"; $$b || exit 1; done; fi

bench-python: ## run the benches of the Python binding, beside graphql-core and Strawberry
	@tools/install-deps build test
	@python3 -B bench/python/run build/release

lint: ## check layers, format, function length, headers, exported symbols
	@tools/install-deps build lint ci
	@$(call build,release)
	@tools/lint build/release

format: ## format all C files and the binding's Python files in place
	@tools/install-deps lint
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs -r clang-format-14 -i
	@tools/check-python --write

install: ## install to PREFIX (/usr/local), below DESTDIR if set
	@tools/install-deps build
	@$(call build,release)
	@cmake --install build/release --prefix $(PREFIX)

fuzz: ## run each fuzz target for FUZZ_SECONDS (60)
	@tools/install-deps build lint ci
	@$(call build,fuzz)
	@tools/fuzz build/fuzz $(FUZZ_SECONDS)

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.* ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

# build,<preset>,<options of cmake --build>,<options of configuring>
build = cmake --preset $(1) $(3) --log-level=WARNING >/dev/null && cmake --build --preset $(1) --parallel $(JOBS) $(2)

.PHONY: all demo test bench bench-python lint format install fuzz clean help
