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
# A compiler that the user names brings its own libc.
OWN_CC := $(filter command environment,$(firstword $(origin CC)))
STATIC_CC = $(if $(OWN_CC),$(CC),$(MUSL_CC))

static tiny: $(if $(OWN_CC),,$(MUSL_CC))
	$(MAKE) VARIANT=$@ CC='$(STATIC_CC)' AR='$(if $(OWN_CC),$(AR),$(MACHINE)gcc-ar)' \
		BUILD=build-$@$(SUFFIX) OUT=smidgit-$@$(SUFFIX) all

$(MUSL_CC):
	src/build/musl.sh '$(MACHINE)' $(MUSL_SRC) $(MUSL_DIR)

deps-static:
	src/build/fetch-sources.sh .sources

ifneq ($(filter static tiny,$(VARIANT)),)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)
# -Oz is the compiler's smallest; what most of the time goes into is built for speed.
OPTIMIZE = $(if $(filter $(HOT),$@),-O2,-Oz)
HOT_static := $(addprefix proto/,sha1 sha1_x86 sha1_attack sha256 delta) mbedtls/aesni mbedtls/gcm mbedtls/chacha20 \
	zlib/inffast zlib/inflate zlib/adler32 zlib/crc32
HOT = $(HOT_$(VARIANT):%=$(BUILD)/%.o)
# printf() and its kind replace the C library's: named first, and known to the linker as they are.
LTO = $(if $(filter $(BUILD)/src/printf_small.o,$@),-fno-builtin,-flto=1)
CFLAGS = $(OPTIMIZE) $(LTO) -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -fno-pie -fno-ident
CPPFLAGS += -Isrc/build -DMBEDTLS_CONFIG_FILE='"mbedtls_$(VARIANT).h"' \
	-isystem $(MBEDTLS_SRC)/include -isystem $(ZLIB_SRC) -DSMIDGIT_BUILD_TIME=$(SOURCE_DATE_EPOCH)
LDFLAGS += -static -no-pie -s -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro,-Map=$(BUILD)/map
VENDOR := $(patsubst $(MBEDTLS_SRC)/library/%.c,$(BUILD)/mbedtls/%.o,$(wildcard $(MBEDTLS_SRC)/library/*.c)) \
	$(patsubst %,$(BUILD)/zlib/%.o,adler32 crc32 deflate inffast inflate inftrees trees zutil)
# Bytes that zlib's CRC-32 takes at a time (W in its crc32.c): more take larger tables.
CRC_BYTES_static := 4
CRC_BYTES_tiny := 0
LIBS = $(BUILD)/libvendor.a -pthread
$(OUT): $(BUILD)/src/printf_small.o $(BUILD)/libvendor.a

$(BUILD)/libvendor.a: $(VENDOR)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mbedtls/%.o: $(MBEDTLS_SRC)/library/%.c src/build/mbedtls_$(VARIANT).h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/zlib/%.o: $(ZLIB_SRC)/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -DZ_TESTW=$(CRC_BYTES_$(VARIANT)) -DNO_GZIP -c -o $@ $<
endif

.PHONY: static tiny deps-static
