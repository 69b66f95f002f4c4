SWIFT_FLAGS := -c release --explicit-target-dependency-import-check error

.PHONY: install build test demo bench format

install:
	@.ci/install

build: install
	swift build $(SWIFT_FLAGS)

# One configuration serves the unit tests and the real runs: release is what users run.
test: install
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest

demo: build
	@.build/release/faultline run experiments/floating-address/01-load-balancer-dies.yaml

bench: install
	swift run $(SWIFT_FLAGS) bench

format:
	swift format --in-place --recursive --parallel Sources Tests Package.swift
