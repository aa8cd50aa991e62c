# SPDX-License-Identifier: MIT
# make static        ./smidgit-static: one file with musl, mbedTLS and zlib, for TARGET if named
# make tiny          ./smidgit-tiny: what a first clone or an export needs
# make deps-static   fills .sources with the sources of these; or name MBEDTLS_SRC, ZLIB_SRC, MUSL_SRC

MBEDTLS_SRC ?= .sources/mbedtls
ZLIB_SRC ?= .sources/zlib
MUSL_SRC ?= .sources/musl
MACHINE_aarch64 := aarch64-linux-gnu-
MACHINE_armhf := arm-linux-gnueabihf-
MACHINE_i386 := i686-linux-gnu-
MACHINE_riscv64 := riscv64-linux-gnu-
MACHINE_s390x := s390x-linux-gnu-
MACHINE := $(MACHINE_$(TARGET))
SUFFIX := $(if $(TARGET),-$(TARGET))
MUSL_DIR = $(CURDIR)/build-musl$(SUFFIX)
MUSL_CC = $(MUSL_DIR)/bin/musl-gcc
# A compiler that the user names is taken as it is; it has to bring its own libc.
OWN_CC := $(filter command environment,$(firstword $(origin CC)))
STATIC_CC = $(if $(OWN_CC),$(CC),$(MUSL_CC))

static tiny: $(if $(OWN_CC),,$(MUSL_CC))
	$(MAKE) VARIANT=$@ CC='$(STATIC_CC)' AR='$(MACHINE)$(AR)' \
		BUILD=build-$@$(SUFFIX) OUT=smidgit-$@$(SUFFIX) all

$(MUSL_CC):
	src/build/musl.sh '$(MACHINE)' $(MUSL_SRC) $(MUSL_DIR)

deps-static:
	src/build/fetch-sources.sh .sources

ifneq ($(filter static tiny,$(VARIANT)),)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)
CFLAGS = -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-pie -fno-ident
CPPFLAGS += -Isrc/build -DMBEDTLS_CONFIG_FILE='"mbedtls_$(VARIANT).h"' \
	-isystem $(MBEDTLS_SRC)/include -isystem $(ZLIB_SRC) -DSMIDGIT_BUILD_TIME=$(SOURCE_DATE_EPOCH)
LDFLAGS += -static -no-pie -s -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro
VENDOR := $(patsubst $(MBEDTLS_SRC)/library/%.c,$(BUILD)/mbedtls/%.o,$(wildcard $(MBEDTLS_SRC)/library/*.c)) \
	$(patsubst %,$(BUILD)/zlib/%.o,adler32 crc32 deflate inffast inflate inftrees trees zutil)
LIBS = $(BUILD)/libvendor.a -pthread
all $(OUT): $(BUILD)/libvendor.a

$(BUILD)/libvendor.a: $(VENDOR)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mbedtls/%.o: $(MBEDTLS_SRC)/library/%.c src/build/mbedtls_$(VARIANT).h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/zlib/%.o: $(ZLIB_SRC)/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -DZ_TESTW=4 -DNO_GZIP -c -o $@ $<
endif

.PHONY: static tiny deps-static
