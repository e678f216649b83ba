# One build directory and one configuration: unoptimised field arithmetic is far too slow for real proofs.
.POSIX:
.PHONY: help setup build static demo test circuits lint bench install uninstall library install-library wheel \
	python-test service service-test service-check service-demo clean

# Where `make install` puts the command, its manual page and completions.
PREFIX = /usr/local
DESTDIR =

# Tests there are at least; fewer means that some were not found.
TEST_MINIMUM = 1800

help:
	@echo 'make demo    build everything and watch the whole job: commit, prove, verify'
	@echo 'make test    run every test, optimised'
	@echo 'make build   build the command: .build/release/solvency'
	@echo 'make static  the same with the libraries of Swift in it, in .build-static: starts a few milliseconds sooner'
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
	@echo 'make service      solvencyd: verification and a desk over HTTP (Service)'
	@echo 'make service-test its tests'
	@echo 'make service-check TLS, the Python client and the operations page against a server that runs'
	@echo 'make service-demo a venue, a custodian, 200 traders and a crash, live on a page'
	@echo 'make clean   remove everything that was built'

setup:
	@sh Scripts/setup.sh

build: setup
	swift build -c release --product solvency

static: setup
	swift build -c release --static-swift-stdlib --scratch-path .build-static --product solvency

demo: build
	.build/release/solvency demo --keep demo-output

test: setup
	@sh Scripts/test.sh $(TEST_MINIMUM)

circuits:
	sh Scripts/embed-circuits.sh

lint:
	swift format lint --strict -r Sources Tests Package.swift Bindings/C/Sources Bindings/C/Package.swift \
	  Service/Sources Service/Tests Service/Package.swift
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

service: setup
	sh Service/Scripts/setup.sh
	swift build -c release --package-path Service --product solvencyd

# Debug: in-process routes, connections of every bad kind, the documentation's examples. C is optimised, proofs are small.
# Tests of the ledger on PostgreSQL start a server of their own; without one they are skipped, but never in CI.
service-test: setup
	sh Service/Scripts/setup.sh
	[ -z "$$CI" ] || sh Service/Scripts/postgres.sh install
	swift test --package-path Service -Xcc -O2 --disable-xctest

# What needs a process of its own: certificates of every fate, the Python client, the operations page on PostgreSQL.
service-check: build
	sh Service/Scripts/setup.sh
	[ -z "$$CI" ] || sh Service/Scripts/postgres.sh install
	sh Service/Scripts/check-tls.sh
	sh Service/Scripts/check-client.sh
	sh Service/Scripts/check-operations.sh

# SERVICE_DEMO_SECONDS=30 stops by itself, and fails if nothing was decided.
service-demo: setup
	sh Service/Scripts/setup.sh
	swift build -c release --package-path Service --product service-demo
	Service/.build/release/service-demo --seconds $${SERVICE_DEMO_SECONDS:-0} --port $${SERVICE_DEMO_PORT:-8080}

clean:
	rm -rf .build demo-output Service/.build
