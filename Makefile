# sessionspec: one Makefile, not recursive.
#
#   make run     set up what is missing, build, run the suite, write the report
#   make test    the same for all that the tests need, then all tests
#   make         build/sessionspec, build/sessionspec-server, build/stores/*.so
#
# SAN=address,undefined or SAN=thread builds a variant in build/san-…/.
# CC=clang builds with clang.

SHELL   := /bin/bash
VERSION := 0.1.0
SAN     ?=
empty   :=
comma   := ,
OUT     := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))

CC      ?= cc
ifeq ($(origin CC),default)
CC      := gcc
endif
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wformat=2 -Wvla -Wundef -Werror
OPT     ?= -O2 -g
CFLAGS  := -std=c11 $(OPT) $(WARN) $(if $(SAN),-fsanitize=$(SAN) \
           -fno-omit-frame-pointer -fno-sanitize-recover=all)
CPPFLAGS := -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
           -DSESSIONSPEC_VERSION='"$(VERSION)"' -I/usr/include/libxml2
LDFLAGS := $(if $(SAN),-fsanitize=$(SAN))

HARNESS_LIBS := -lcurl -lyaml -ljansson -lpcre2-8 -lcrypto -lxml2 -lpthread
SERVER_LIBS  := -lcivetweb -ljansson -lssl -lcrypto -lpthread -ldl -lm

HARNESS_SRC := $(wildcard harness/*.c harness/base/*.c reports/*.c)
SERVER_SRC  := $(wildcard reference/*.c) stores/registry.c stores/memory.c
HARNESS_OBJ := $(HARNESS_SRC:%.c=$(OUT)/obj/%.o)
SERVER_OBJ  := $(SERVER_SRC:%.c=$(OUT)/obj/%.o)
TEST_SRC    := $(wildcard harness/tests/test_*.c reference/tests/test_*.c \
               stores/tests/test_*.c reports/tests/test_*.c)
TEST_BIN    := $(TEST_SRC:%.c=$(OUT)/tests/%)

.PHONY: all
all: $(OUT)/sessionspec $(OUT)/sessionspec-server

$(OUT)/sessionspec: $(HARNESS_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

$(OUT)/sessionspec-server: $(SERVER_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(SERVER_LIBS)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A unit test is linked with all of its part but the main file.
$(OUT)/tests/harness/% $(OUT)/tests/reports/%: $(OUT)/obj/harness/%.o
$(OUT)/tests/%: $(OUT)/obj/%.o $(filter-out %/main.o,$(HARNESS_OBJ) $(SERVER_OBJ))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(sort $(HARNESS_LIBS) $(SERVER_LIBS)) -lcmocka

.SECONDARY:
-include $(HARNESS_OBJ:.o=.d) $(SERVER_OBJ:.o=.d) $(TEST_SRC:%.c=$(OUT)/obj/%.d)
