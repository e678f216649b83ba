# One build directory and one configuration: unoptimised field arithmetic is far too slow for real proofs.
.POSIX:
.PHONY: help setup build demo test circuits lint bench install uninstall library install-library wheel python-test clean

# Where `make install` puts the command, its manual page and completions.
PREFIX = /usr/local
DESTDIR =

# Tests there are at least; fewer means that some were not found.
TEST_MINIMUM = 900

help:
	@echo 'make demo    build everything and watch the whole job: commit, prove, verify'
	@echo 'make test    run every test, optimised'
	@echo 'make build   build the command: .build/release/solvency'
	@echo 'make setup   check the toolchain; install libsodium and GMP when they are missing'
	@echo 'make circuits  put circuits/*.circuit into the command'
	@echo 'make lint    check formatting, imports, documentation, and references to the specification'
	@echo 'make bench   measure this machine'
	@echo 'make install  put the command, its manual page and completions into PREFIX ($(PREFIX))'
	@echo 'make uninstall  take them away again'
	@echo 'make library      libsolvency for C, checked from C, C++ and Rust (Bindings/C)'
	@echo 'make install-library PREFIX=/usr/local   header, library and pkg-config file'
	@echo 'make wheel        the Python package, as a wheel (Bindings/python)'
	@echo 'make python-test  the wheel in a clean environment: pytest, hypothesis, mypy'
	@echo 'make clean   remove everything that was built'

setup:
	@sh Scripts/setup.sh

build: setup
	swift build -c release --product solvency

demo: build
	.build/release/solvency demo --keep demo-output

test: setup
	@sh Scripts/test.sh $(TEST_MINIMUM)

circuits:
	sh Scripts/embed-circuits.sh

lint:
	swift format lint --strict -r Sources Tests Package.swift Bindings/C/Sources Bindings/C/Package.swift
	sh Scripts/check-layers.sh
	sh Scripts/check-specification.sh
	sh Scripts/check-documentation.sh

bench: build
	.build/release/solvency bench

install: build
	sh Scripts/install.sh .build/release/solvency '$(DESTDIR)$(PREFIX)'

uninstall:
	sh Scripts/install.sh --remove '$(DESTDIR)$(PREFIX)'

library: setup
	$(MAKE) -C Bindings/C check

install-library: setup
	$(MAKE) -C Bindings/C install

wheel: setup
	sh Bindings/python/wheel.sh

python-test: wheel
	sh Bindings/python/test.sh

clean:
	rm -rf .build demo-output
