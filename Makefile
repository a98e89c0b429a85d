# sessionspec: one Makefile, not recursive.
#
#   make run      install what is missing, build, run the suite, write a report
#   make test     the same for all that the tests need, then all tests
#   make          build/sessionspec and build/sessionspec-server
#   make install  to PREFIX (/usr/local), with the header for store authors
#   make lint     what the style sheet asks for and a script can see
#   make mutants  the suite against each known fault: which case sees it
#   make matrix   the suite on all eight stores, and a page to compare them
#   make matrix-npm   the same for the npm stores of the catalogue
#   make known-bugs   which of the known bugs of npm stores the cases find
#   make test-npm     the tests of the stores that run on emulators
#   make docs     write what cases/README.md takes from the tools
#   make bench    measurements; numbers, never verdicts
#   make clean    remove build/ and reports/out/
#
# SAN=address,undefined (or thread) builds a variant into build/san-…/, and
# tests that. CC=clang builds with clang.

SHELL    := /bin/bash
VERSION  := 0.1.0
SAN      ?=
empty    :=
comma    := ,
OUT      := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
REPORTS  := reports/out

ifeq ($(origin CC),default)
CC       := gcc
endif
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wvla -Wundef -Werror
OPT      ?= -O2 -g
CFLAGS   := -std=c11 $(OPT) $(WARN) $(if $(SAN),-fsanitize=$(SAN) \
            -fno-omit-frame-pointer -fno-sanitize-recover=all)
CPPFLAGS := -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
            -DSESSIONSPEC_VERSION='"$(VERSION)"' -isystem /usr/include/libxml2
LDFLAGS  := $(if $(SAN),-fsanitize=$(SAN))

HARNESS_LIBS := -lcurl -lyaml -ljansson -lpcre2-8 -lcrypto -lxml2 -lpthread
SERVER_LIBS  := -lcivetweb -ljansson -lssl -lcrypto -lpthread -ldl -lm

HARNESS_SRC  := $(wildcard harness/*.c harness/base/*.c reports/*.c)
SERVER_SRC   := $(wildcard reference/*.c stores/*.c)
HARNESS_OBJ  := $(HARNESS_SRC:%.c=$(OUT)/obj/%.o)
SERVER_OBJ   := $(SERVER_SRC:%.c=$(OUT)/obj/%.o)

include stores/stores.mk

.PHONY: all
all: $(OUT)/sessionspec $(OUT)/sessionspec-server

$(OUT)/sessionspec: $(HARNESS_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

# Beside the server in the build folder, and under lib/ where it is installed.
COMPAT_PATH := $$ORIGIN/compat:$$ORIGIN/../lib/sessionspec/compat

$(OUT)/sessionspec-server: $(SERVER_OBJ) $(OUT)/compat/libssl.so
	$(CC) $(LDFLAGS) -o $@ -Wl,--no-as-needed $(OUT)/compat/libssl.so \
	    -Wl,--as-needed,-rpath,'$(COMPAT_PATH)' $(SERVER_OBJ) $(SERVER_LIBS)

# Found by CivetWeb under the name that it asks for: see the source.
$(OUT)/compat/libssl.so: reference/compat/libssl.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c11 $(OPT) $(WARN) -shared -fPIC \
	    -Wl,-soname,libssl.so -o $@ $< -Wl,--no-as-needed -lssl

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# ---- Unit tests: each links all of its part but the main file -----------
HARNESS_TESTS := $(patsubst %.c,$(OUT)/%,$(wildcard harness/tests/test_*.c \
                 reports/tests/test_*.c))
SERVER_TESTS  := $(patsubst %.c,$(OUT)/%,$(wildcard reference/tests/test_*.c \
                 stores/tests/test_*.c))

$(HARNESS_TESTS): $(OUT)/%: $(OUT)/obj/%.o $(OUT)/obj/reports/tests/sample.o \
                  $(filter-out %/main.o,$(HARNESS_OBJ))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS) -lcmocka

$(SERVER_TESTS): $(OUT)/%: $(OUT)/obj/%.o $(filter-out %/main.o,$(SERVER_OBJ))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(SERVER_LIBS) -lcmocka

.PHONY: unit-tests
unit-tests: $(HARNESS_TESTS) $(SERVER_TESTS)

# ---- The two commands of the README -------------------------------------
RUN_PACKAGES  := gcc libc6-dev libcivetweb-dev libyaml-dev \
                 libcurl4-openssl-dev libssl-dev libjansson-dev \
                 libpcre2-dev libxml2-dev
BACKENDS      := redis-server postgresql mariadb-server memcached
TEST_PACKAGES := $(RUN_PACKAGES) $(STORE_PACKAGES) $(BACKENDS) g++ \
                 libcmocka-dev binutils jq curl openssl procps iproute2 \
                 pkgconf python3 chromium
LINT_PACKAGES := clang clang-format clang-tidy cppcheck
# The words after the first are commands: looked for as such, since a vendor's
# nodejs brings its own npm and conflicts with Debian's.
NODE_PACKAGES := $(if $(shell command -v node),,nodejs) \
                 $(if $(shell command -v npm),,npm)

# $(call install,packages): those that are missing, and nothing twice. Without
# a package missing it needs no network. RUNLEVEL=1: what brings a server does
# not start it.
define install
@missing=; for package in $(1); do \
    [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>&1)" = installed ] \
        || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
    command -v apt-get >/dev/null || { echo "make: no apt-get here;" \
        "install by hand:$$missing" >&2; exit 1; }; \
    become=; [ "$$(id -u)" = 0 ] || become=sudo; \
    echo "installing$$missing"; \
    $$become apt-get update -qq && \
    $$become env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y \
        -qq -o Dpkg::Use-Pty=0 --no-install-recommends $$missing >/dev/null; \
fi
endef

JOBS := -j$(shell nproc)

.PHONY: run setup
setup:
	$(call install,$(RUN_PACKAGES))

run: setup
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@$(OUT)/sessionspec run --report term --report json:$(REPORTS)/report.json \
	    --report html:$(REPORTS)/index.html

.PHONY: test setup-test setup-npm
setup-test:
	$(call install,$(TEST_PACKAGES) $(NODE_PACKAGES))
	@harness/targets/express/start.sh --install
	@reference/tests/browser/run.sh --install

test: setup-test
	@$(MAKE) --no-print-directory -s $(JOBS) all unit-tests
	@harness/tests/all.sh $(OUT)

# ---- Outside of this tree ------------------------------------------------
PREFIX  ?= /usr/local
DESTDIR ?=
INSTALLED := $(DESTDIR)$(PREFIX)

.PHONY: install
install: all
	install -d $(INSTALLED)/bin $(INSTALLED)/include \
	    $(INSTALLED)/lib/pkgconfig $(INSTALLED)/lib/sessionspec/compat \
	    $(INSTALLED)/lib/sessionspec/stores \
	    $(INSTALLED)/share/sessionspec/stores/backends
	install $(OUT)/sessionspec $(OUT)/sessionspec-server $(INSTALLED)/bin
	install $(OUT)/compat/libssl.so $(INSTALLED)/lib/sessionspec/compat
	install $(patsubst %,$(OUT)/stores/%.so,$(filter-out template,$(STORES))) \
	    $(INSTALLED)/lib/sessionspec/stores
	install -m 644 stores/session_store.h $(INSTALLED)/include
	install -m 644 stores/session_store.h stores/template.c stores/README.md \
	    $(INSTALLED)/share/sessionspec/stores
	install stores/backends/start \
	    $(INSTALLED)/share/sessionspec/stores/backends
	tar -c --exclude=node_modules cases harness/targets/express \
	    stores/node stores/examples | \
	    tar -x -C $(INSTALLED)/share/sessionspec
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' sessionspec.pc.in \
	    >$(INSTALLED)/lib/pkgconfig/sessionspec.pc

# ---- For those who build it ----------------------------------------------
.PHONY: lint setup-lint clang bench docs mutants matrix matrix-npm known-bugs \
        test-npm clean
setup-lint: setup-test
	$(call install,$(LINT_PACKAGES))

lint: setup-lint
	@.ci/lint

# The other compiler must find nothing either.
clang: setup-lint
	@$(MAKE) --no-print-directory -s $(JOBS) CC=clang OUT=build/clang \
	    all unit-tests

bench: setup-test
	$(call install,wrk)
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@.ci/bench $(OUT)

# The suite against one known fault at a time; all stores side by side.
mutants: setup-test
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@.ci/mutants $(OUT) $(REPORTS)/mutants.md

matrix: setup-test
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@.ci/matrix $(OUT)

matrix-npm: setup-npm
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@node stores/node/matrix.mjs $(OUT)

known-bugs: setup-npm
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@node stores/node/known-bugs.mjs $(OUT)

# What needs emulators of half a gigabyte; not part of `make test`.
test-npm: setup-npm
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@node --test --test-reporter=spec stores/node/tests/emulated/

# Native modules are built from source.
setup-npm: setup-test
	$(call install,make)

# Writes what cases/README.md takes from the tools; `make test` compares.
docs: setup-test
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@harness/tests/readme.sh $(OUT) --write

clean:
	rm -rf build $(REPORTS)

.SECONDARY:
-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
