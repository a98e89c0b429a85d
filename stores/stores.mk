# stores.mk: which stores are built, into the server and as plugins
#
# Included by the Makefile behind SERVER_SRC, SERVER_OBJ and SERVER_LIBS. A
# store is a file stores/NAME.c, and where that gets long its stores/NAME_*.c,
# with what several share in stores/base/*.c. It is linked into the server
# under the name sstore_NAME (registry.c has the table), and built from the same
# source as a plugin, $(OUT)/stores/NAME.so.
# One whose client library is not there is left out, and a line says so.

# NAME:PACKAGE:LIBRARIES. Debian's packages, which registry.c names as well.
STORE_LIBRARIES := \
    sqlite:libsqlite3-dev:-lsqlite3 \
    lmdb:liblmdb-dev:-llmdb \
    redis:libhiredis-dev:-lhiredis \
    postgres:libpq-dev:-lpq \
    mariadb:libmariadb-dev:-lmariadb \
    memcached:libmemcached-dev:-lmemcached
STORE_PACKAGES := libsqlite3-dev liblmdb-dev libhiredis-dev libpq-dev \
                  libmariadb-dev libmemcached-dev

# Where some of them keep their headers.
STORE_CPPFLAGS := -isystem /usr/include/postgresql -isystem /usr/include/mariadb

# What needs no library. The template is no store of the server's.
STORES := memory file template

store_name     = $(word 1,$(subst :, ,$(1)))
store_package  = $(word 2,$(subst :, ,$(1)))
store_library  = $(word 3,$(subst :, ,$(1)))
# 1 where the compiler can link it.
store_links    = $(shell echo 'int main(void) { return 0; }' | \
                   $(CC) -x c -o /dev/null - $(1) 2>/dev/null && echo 1)

# $(call store_row,NAME:PACKAGE:LIBRARIES): sorts one into STORES or not.
define store_row
ifeq ($(call store_links,$(call store_library,$(1))),1)
STORES += $(call store_name,$(1))
STORE_LIBS_$(call store_name,$(1)) := $(call store_library,$(1))
else
STORES_LEFT_OUT += $(call store_name,$(1))
STORE_LEFT_OUT_$(call store_name,$(1)) := $(call store_package,$(1))
endif
endef
$(foreach row,$(STORE_LIBRARIES),$(eval $(call store_row,$(row))))

# A hash for ids that are too long for a name or a key.
STORE_LIBS_file := -lcrypto
STORE_LIBS_lmdb += -lcrypto
STORE_LIBS_memcached += -lcrypto

STORES      := $(filter $(patsubst stores/%.c,%,$(wildcard stores/*.c)),$(STORES))
STORE_BASE  := $(wildcard stores/base/*.c)
STORE_LIBS  := $(foreach name,$(STORES),$(STORE_LIBS_$(name)))
SERVER_SRC  := $(filter-out $(STORES_LEFT_OUT:%=stores/%.c) \
                 $(wildcard $(STORES_LEFT_OUT:%=stores/%_*.c)) \
                 stores/template.c,$(SERVER_SRC)) $(STORE_BASE)
SERVER_OBJ  := $(SERVER_SRC:%.c=$(OUT)/obj/%.o)
SERVER_LIBS := $(STORE_LIBS) $(SERVER_LIBS)

# A store that says nothing of its entry gets the name of its file.
$(OUT)/obj/stores/%.o: CPPFLAGS += $(STORE_CPPFLAGS)
$(foreach name,$(STORES),$(eval $(OUT)/obj/stores/$(name).o: \
    CPPFLAGS += -DSSTORE_ENTRY=sstore_$(name)))

$(foreach name,$(STORES),$(eval $(OUT)/stores/$(name).so: \
    $(wildcard stores/$(name)_*.c)))

# Nothing of a plugin is seen but its entry.
$(OUT)/stores/%.so: stores/%.c $(STORE_BASE)
	@mkdir -p $(@D) $(OUT)/obj/stores
	$(CC) $(CPPFLAGS) $(STORE_CPPFLAGS) -DSSTORE_ENTRY=sstore_plugin_v1 \
	    $(CFLAGS) -fPIC -fvisibility=hidden -ffunction-sections \
	    -MMD -MP -MF $(OUT)/obj/stores/$*.so.d -MT $@ \
	    $(LDFLAGS) -shared -Wl,--gc-sections -o $@ $(filter %.c,$^) \
	    $(STORE_LIBS_$*) -lpthread

# Plugins of the tests: those that misbehave, and one of ABI 1.0.
STORE_TEST_PLUGINS := $(patsubst stores/tests/%.c,$(OUT)/stores/tests/%.so,\
                        $(wildcard stores/tests/plugins/*.c))
$(OUT)/stores/tests/plugins/%.so: stores/tests/plugins/%.c
	@mkdir -p $(@D) $(OUT)/obj/stores/tests/plugins
	$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -fvisibility=hidden \
	    -MMD -MP -MF $(OUT)/obj/stores/tests/plugins/$*.so.d -MT $@ \
	    $(LDFLAGS) -shared -o $@ $< -lpthread

$(OUT)/stores/tests/test_load $(OUT)/reference/tests/test_ready: \
    | $(STORE_TEST_PLUGINS)

# What all stores owe, in the test of each.
STORE_CONTRACT := $(patsubst %.c,$(OUT)/obj/%.o,\
                    $(wildcard stores/tests/contract*.c))
$(STORES:%=$(OUT)/stores/tests/test_%) $(OUT)/stores/tests/test_exec_contract: \
    $(STORE_CONTRACT)

.PHONY: plugins stores-left-out
plugins: $(STORES:%=$(OUT)/stores/%.so)

stores-left-out:
	@$(foreach name,$(STORES_LEFT_OUT),echo "without the store $(name):" \
	    "$(STORE_LEFT_OUT_$(name)) is missing";) :

.DEFAULT_GOAL := all
all: plugins
$(OUT)/sessionspec-server: | stores-left-out
