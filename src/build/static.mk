# SPDX-License-Identifier: MIT
# make static, tiny  ./smidgit-static, ./smidgit-tiny: one file with musl, mbedTLS and zlib, for TARGET
# make deps-static   fills .sources with the sources of these; or name MBEDTLS_SRC, ZLIB_SRC, MUSL_SRC

MBEDTLS_SRC ?= .sources/mbedtls
ZLIB_SRC ?= .sources/zlib
MUSL_SRC ?= .sources/musl
# TARGET: aarch64, armhf, i386, mips, mipsel, riscv64, s390x or what else Debian has a cross compiler for.
MACHINE := $(if $(TARGET),$(patsubst armhf-%,arm-%eabihf,$(patsubst i386-%,i686-%,$(TARGET)-linux-gnu))-)
SUFFIX := $(if $(TARGET),-$(TARGET))
MUSL_DIR = $(CURDIR)/build-musl$(if $(TARGET),-$(TARGET))
MUSL_CC = $(MUSL_DIR)/bin/musl-gcc
# A compiler that the user names brings its own libc.
OWN_CC := $(filter command environment,$(firstword $(origin CC)))
STATIC_CC = $(if $(OWN_CC),$(CC),$(MUSL_CC))

static tiny: $(if $(OWN_CC),,$(MUSL_CC))
	@$(MAKE) VARIANT=$@ CC='$(STATIC_CC)' AR='$(if $(OWN_CC),$(AR),$(MACHINE)gcc-ar)' \
		BUILD=build-$@$(SUFFIX) OUT=smidgit-$@$(SUFFIX) $(or $(GOAL),all)
	@cat LICENSE $(MBEDTLS_SRC)/LICENSE $(ZLIB_SRC)/LICENSE $(MUSL_SRC)/COPYRIGHT >smidgit-$@$(SUFFIX).licenses

$(MUSL_CC):
	$(call short,MUSL,$(@:$(CURDIR)/%=%)) src/build/musl.sh '$(MACHINE)' $(MUSL_SRC) $(MUSL_DIR)

deps-static:
	src/build/fetch-sources.sh .sources

size: static tiny
	@sh tests/size.sh

qemu-test memory: static $(TEST_SERVER) $(TOOLS)
	@$(TEST_ENV) sh tests/$(@:-test=).sh

ifneq ($(filter static tiny,$(VARIANT)),)
# Without .git, tls/date.c has a date.
SOURCE_DATE_EPOCH ?= $(if $(wildcard .git),$(shell git log -1 --format=%ct))
# -Oz is the compiler's smallest; what most of the time goes into is built for speed.
OPTIMIZE = $(if $(filter $(HOT),$@),-O2,-Oz)
HOT_static := $(addprefix mbedtls/,aesni gcm chacha20) $(addprefix zlib/,inffast inflate adler32 crc32)
HOT = $(HOT_$(VARIANT):%=$(VENDOR_BUILD)/%.o)
# What still makes our code faster at the cost of bytes when it is built for size.
SMALLEST_tiny := $(addprefix -fno-,jump-tables tree-ch ipa-cp move-loop-invariants tree-dominator-opts)
# Data next to each other, where the compiler (of x86) puts gaps between them; direct calls, where (of MIPS) a table is used.
PACKED := $(foreach flag,-malign-data=abi -mplt,$(shell $(CC) $(flag) -E -x c /dev/null >/dev/null 2>&1 && echo $(flag)))
# printf() and its kind replace the C library's: named first, and known to the linker as they are.
LTO = $(if $(filter $(BUILD)/src/system/small/printf.o,$@),-fno-builtin,-flto=1 -flto-partition=one)
CFLAGS = $(OPTIMIZE) $(PACKED) $(SMALLEST_$(VARIANT)) $(LTO) -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -fno-pie -fno-ident -fipa-pta
CPPFLAGS += -Isrc/build -DMBEDTLS_CONFIG_FILE='"mbedtls_$(VARIANT).h"' \
	-isystem $(MBEDTLS_SRC)/include -isystem $(ZLIB_SRC) $(SOURCE_DATE_EPOCH:%=-DSMIDGIT_BUILD_TIME=%)
LDFLAGS += -Wl,-T,src/build/discard$(if $(filter mips% s390x,$(TARGET)),_keep_got).ld -static -no-pie -s -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro,-z,common-page-size=64,-Map=$(BUILD)/map
# They are linked without symbols.
STRIP =
# Two builds that differ in our code alone can share what is not ours.
VENDOR_BUILD ?= $(BUILD)
VENDOR := $(patsubst $(MBEDTLS_SRC)/library/%.c,$(VENDOR_BUILD)/mbedtls/%.o,$(wildcard $(MBEDTLS_SRC)/library/*.c)) \
	$(patsubst %,$(VENDOR_BUILD)/zlib/%.o,adler32 compress crc32 deflate inffast inflate inftrees trees zutil)
CRC = -DZ_TESTW=$(if $(filter tiny,$(VARIANT)),0,4) # bytes at a time: more take larger tables (crc32.c)
LIBS = $(VENDOR_BUILD)/libvendor.a -pthread
$(OUT): $(BUILD)/src/system/small/printf.o
$(OUT) $(UNIT_PROGRAMS): $(VENDOR_BUILD)/libvendor.a

$(VENDOR): SMALLEST_tiny =
$(VENDOR): LTO = $(if $(OURS_ALONE),,-flto=1 -flto-partition=one) # make size sees whose code is whose
$(VENDOR_BUILD)/libvendor.a: $(VENDOR)
	@rm -f $@
	$(call short,AR,$(@F)) $(AR) rcs $@ $^

$(VENDOR_BUILD)/mbedtls/pk_wrap.o: CPPFLAGS += -include src/build/mbedtls_pk.h $(if $(filter tiny,$(VARIANT)),-DTINY)
$(VENDOR_BUILD)/mbedtls/%.o: $(MBEDTLS_SRC)/library/%.c $(wildcard src/build/*.h)
	@mkdir -p $(@D)
	$(call short,CC,mbedtls/$(<F)) $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(VENDOR_BUILD)/zlib/%.o: $(ZLIB_SRC)/%.c
	@mkdir -p $(@D)
	$(call short,CC,zlib/$(<F)) $(CC) $(CFLAGS) $(CRC) -DNO_GZIP -c -o $@ $<
endif

.PHONY: static tiny deps-static size qemu-test memory
