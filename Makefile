# SPDX-License-Identifier: MIT
# make: ./smidgit against the system's mbedTLS and zlib. make deps installs what is needed.
# Settings can stand in config.mak. THREADS=no: no threads. CPU=portable: none of its own instructions.
# INFLATE=libdeflate: that library beside zlib. CA_BUNDLE=FILE: its roots are built in.
# V=1: commands are shown as they are.

-include config.mak

PKG_CONFIG ?= pkg-config
prefix ?= /usr/local
BUILD ?= build
OUT ?= smidgit
CFLAGS ?= -O2 -g
MAKEFLAGS += --no-print-directory
# short LD,FILE: what stands in front of a command that is shown as "LD FILE", and with make -s not at all.
short = $(if $(filter-out 0,$(V)),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo '$1 $2';))

VERSION := 0.1.0
WARN := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
ALL_CFLAGS = $(WARN) $(INCLUDES) -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-DSMIDGIT_VERSION='"$(VERSION)"' -MMD -MP $(CPPFLAGS) $(CFLAGS)
INCLUDES = -I. -Isrc
THREADS ?= yes
LIBS ?= -lmbedtls -lmbedx509 -lmbedcrypto -lz $(if $(INFLATE),-ldeflate) -pthread

PROTO := $(wildcard proto/*.c)
# What a build is made of: a choice is a folder, src/ROOM/CHOICE/, whose files stand in for those of ROOM.
CHOICES_static := static small noexplain nobundles
CHOICES_tiny := static small tiny portable nothreads nonetrc noprevious nothin noloose nohelpers notreecache notrace nobundles
CHOICES := $(sort $(CHOICES_$(VARIANT)) $(if $(filter no,$(THREADS)),nothreads) $(CPU) $(INFLATE) $(if $(CA_BUNDLE),bundle))
CHOSEN := $(foreach choice,$(CHOICES),$(wildcard src/*/$(choice)/*.c))
REPLACED := $(foreach file,$(CHOSEN),$(dir $(patsubst %/,%,$(dir $(file))))$(notdir $(file)))
# From the top down: in this order, optimisation across files makes 1% less of them.
ROOMS := cmd client remote receive worktree tls objects repo net system
SRC := $(foreach room,$(ROOMS),$(filter-out $(REPLACED),$(wildcard src/$(room)/*.c)) $(filter src/$(room)/%,$(CHOSEN)))
LIBRARY := $(filter-out src/cmd/main.c src/system/small/printf.c,$(SRC) $(PROTO))
UNIT := $(wildcard tests/unit/t_*.c)
SERVER := $(wildcard tests/server/*.c)

all: $(OUT)

$(OUT): $(BUILD)/src/cmd/main.o $(BUILD)/libsmidgit.a
	$(call short,LD,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The protocol alone, for other programs: include "proto/pkt.h", with this directory in the include path.
libproto.a: $(BUILD)/libproto.a
$(BUILD)/proto/%.o: INCLUDES = -I.
$(BUILD)/libproto.a: $(PROTO:%.c=$(BUILD)/%.o)
$(BUILD)/libsmidgit.a: $(LIBRARY:%.c=$(BUILD)/%.o) $(BUILD)/roots_table.o
$(BUILD)/libproto.a $(BUILD)/libsmidgit.a:
	@rm -f $@
	$(call short,AR,$(@F)) $(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call short,CC,$<) $(CC) $(ALL_CFLAGS) -c -o $@ $<

# The trusted certificates of CA_BUNDLE, if there is one, in the form of the program.
$(BUILD)/roots_table.c: FORCE
	@src/build/roots.sh '$(CA_BUNDLE)' $@
$(BUILD)/roots_table.o: $(BUILD)/roots_table.c
	$(call short,CC,$(<F)) $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

include tests/tests.mk src/build/static.mk

# What make install puts below DESTDIR and prefix. STRIP=: with its symbols. HELP_OF: a smidgit that runs here,
# when $(OUT) does not: completion is made of what it says.
INSTALL ?= install
STRIP ?= strip
HELP_OF ?= $(abspath $(OUT))
SHARED := man/man1/smidgit.1 bash-completion/completions/smidgit zsh/site-functions/_smidgit \
	fish/vendor_completions.d/smidgit.fish
TO = $(DESTDIR)$(prefix)

completions: $(OUT)
	@rm -rf $(BUILD)/share && mkdir -p $(BUILD)/share/man/man1 && cp src/doc/smidgit.1 $(BUILD)/share/man/man1
	$(call short,GEN,$(BUILD)/share) src/doc/completions.sh '$(HELP_OF)' $(BUILD)/share

# manual: what the page says of commands, options and exit codes is made of the program. deb: build-deb/*.deb
manual: $(OUT)
	@src/doc/manual.sh '$(HELP_OF)' src/doc/smidgit.1 >$(BUILD)/smidgit.1
	$(call short,GEN,src/doc/smidgit.1) cp $(BUILD)/smidgit.1 src/doc/smidgit.1
deb:
	@src/build/deb.sh build-deb

install: completions
	$(call short,INSTALL,$(TO)/bin/smidgit) $(INSTALL) -D -m 755 $(OUT) $(TO)/bin/smidgit
	$(if $(STRIP),$(call short,STRIP,$(TO)/bin/smidgit) $(STRIP) $(TO)/bin/smidgit)
	$(call short,INSTALL,$(TO)/share) for file in $(SHARED); do [ ! -e $(BUILD)/share/$$file ] || \
		$(INSTALL) -D -m 644 $(BUILD)/share/$$file $(TO)/share/$$file || exit; done

uninstall:
	rm -f $(TO)/bin/smidgit $(SHARED:%=$(TO)/share/%)

clean:
	rm -rf build build-* smidgit smidgit-static* smidgit-tiny*

.PHONY: all libproto.a completions manual deb install uninstall clean FORCE
.SECONDARY:
-include $(wildcard $(BUILD)/proto/*.d $(BUILD)/src/*/*.d $(BUILD)/src/*/*/*.d $(BUILD)/tests/*/*.d)
