# SPDX-License-Identifier: MIT
# make: ./smidgit against the system's mbedTLS and zlib. make deps installs what is needed.
# Settings can stand in config.mak. THREADS=no: no threads. CPU=portable: none of its own instructions.
# INFLATE=libdeflate: that library beside zlib. CA_BUNDLE=FILE: its roots are built in.

-include config.mak

PKG_CONFIG ?= pkg-config
prefix ?= /usr/local
BUILD ?= build
OUT ?= smidgit
CFLAGS ?= -O2 -g

VERSION := 0.1.0
WARN := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
ALL_CFLAGS = $(WARN) -Iproto -Isrc -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-DSMIDGIT_VERSION='"$(VERSION)"' -MMD -MP $(CPPFLAGS) $(CFLAGS)
THREADS ?= yes
LIBS ?= -lmbedtls -lmbedx509 -lmbedcrypto -lz $(if $(INFLATE),-ldeflate) -pthread

PROTO := $(wildcard proto/*.c)
# Files of which a build has one or the other.
CHOSEN_ := commands cpu lasttree netrc notices thin trace work_threads
CHOSEN_static := $(CHOSEN_:notices=notices_static) printf_small
CHOSEN_tiny := commands_tiny cpu_portable lasttree_none netrc_none notices_static printf_small thin_none trace_none work_inline
CHOICES := $(sort $(CHOSEN_) $(CHOSEN_static) $(CHOSEN_tiny)) roots roots_none atonce_none atonce_libdeflate
CHOSEN := $(patsubst $(if $(filter no,$(THREADS)),work_threads),work_inline,$(patsubst $(if $(CPU),cpu),cpu_$(CPU),$(CHOSEN_$(VARIANT))))
SRC := $(filter-out $(CHOICES:%=src/%.c),$(wildcard src/*.c)) $(CHOSEN:%=src/%.c) src/$(if $(CA_BUNDLE),roots,roots_none).c src/atonce_$(or $(INFLATE),none).c
LIBRARY := $(filter-out src/main.c src/printf_small.c,$(PROTO) $(SRC))
UNIT := $(wildcard tests/unit/t_*.c)
SERVER := $(wildcard tests/server/*.c)

all: $(OUT)

$(OUT): $(BUILD)/src/main.o $(BUILD)/libsmidgit.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libsmidgit.a: $(LIBRARY:%.c=$(BUILD)/%.o) $(BUILD)/roots_table.o
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The trusted certificates of CA_BUNDLE, if there is one, in the form of the program.
$(BUILD)/roots_table.c: FORCE
	@src/build/roots.sh '$(CA_BUNDLE)' $@

include tests/tests.mk src/build/static.mk

install: $(OUT)
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/man/man1
	install -m 755 $(OUT) $(DESTDIR)$(prefix)/bin/smidgit
	install -m 644 src/doc/smidgit.1 $(DESTDIR)$(prefix)/share/man/man1/smidgit.1

clean:
	rm -rf build build-* smidgit

.PHONY: all install clean FORCE
.SECONDARY:
-include $(wildcard $(BUILD)/proto/*.d $(BUILD)/src/*.d $(BUILD)/tests/*/*.d)
