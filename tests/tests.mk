# SPDX-License-Identifier: MIT
# Unit programs (tests/unit/t_*.c), command scripts (tests/cmd/*.sh), the loopback server. Each target
# ends with "N passed, N failed".

UNIT_PROGRAMS = $(UNIT:tests/unit/%.c=$(BUILD)/tests/%)
TEST_SERVER = $(BUILD)/tests/testserver
TOOLS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tools/*.c))
FUZZ_PROGRAMS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 20
SANITIZERS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
TEST_ENV = BUILD=$(BUILD) FIXTURES=$(CURDIR)/build/fixtures SMIDGIT=$(abspath $(OUT))

$(BUILD)/tests/t_%: $(BUILD)/tests/unit/t_%.o $(BUILD)/libsmidgit.a
	$(call short,LD,$(@:$(BUILD)/%=%)) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# This one has proto/ and nothing else, whole: what it needed of src/ would be missing here.
$(BUILD)/tests/unit/t_client.o: INCLUDES = -I.
$(BUILD)/tests/t_client: $(BUILD)/tests/unit/t_client.o $(BUILD)/libproto.a
	$(call short,LD,$(@:$(BUILD)/%=%)) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--whole-archive $(BUILD)/libproto.a -Wl,--no-whole-archive $(filter -lz %.a,$(LIBS))

$(BUILD)/tests/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libsmidgit.a
	$(call short,LD,$(@:$(BUILD)/%=%)) $(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o
	$(call short,LD,$(@:$(BUILD)/%=%)) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lz

# They test, and are not tested: no sanitizers, which take a tenth of a second of each process.
$(TOOLS) $(TEST_SERVER): override CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS))
$(TEST_SERVER): $(SERVER:%.c=$(BUILD)/%.o)
	$(call short,LD,$(@:$(BUILD)/%=%)) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

units: $(UNIT_PROGRAMS)
test-programs: units $(TOOLS) $(TEST_SERVER)

test: $(OUT) test-programs
	@$(TEST_ENV) tests/run.sh

# The same tests, built with ASan and UBSan; what limits memory is left out there, and says so.
sanitize:
	@ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 SANITIZE=1 \
		$(MAKE) BUILD=build-sanitize OUT=build-sanitize/smidgit CFLAGS='$(SANITIZERS) -static-libasan -static-libubsan' test

sanitize-threads: $(TEST_SERVER) $(TOOLS)
	@$(MAKE) BUILD=build-threads OUT=build-threads/smidgit CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=thread' build-threads/smidgit
	@$(TEST_ENV) SMIDGIT=$(CURDIR)/build-threads/smidgit sh tests/threads.sh

fuzz-programs: $(FUZZ_PROGRAMS) $(TOOLS)
fuzz:
	@$(MAKE) BUILD=build-fuzz CC=clang CFLAGS='$(SANITIZERS) -fsanitize=fuzzer-no-link' fuzz-programs
	@BUILD=build-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) FIXTURES=$(CURDIR)/build/fixtures tests/fuzz/run.sh

interop faults: $(OUT) test-programs
demo page bench bench-quick bench-days: $(OUT)
demo page initramfs bench bench-quick bench-days: $(TEST_SERVER) $(TOOLS)
readme-check: $(OUT) static tiny
lesson-%: $(TEST_SERVER) ; @$(TEST_ENV) sh proto/course/run.sh $*
interop faults demo page packages initramfs readme-check lint bench bench-quick bench-days:
	@$(TEST_ENV) CPPFLAGS='$(CPPFLAGS)' sh tests/$(firstword $(subst -, ,$@)).sh $(filter bench-%,$@)

bench-hash: $(BUILD)/libsmidgit.a
	$(call short,LD,bench_hash) $(CC) $(ALL_CFLAGS) -o $(BUILD)/bench_hash tests/bench/hash.c $< -lcrypto
	$(BUILD)/bench_hash

# What the build needs, then the tests, then lint, fuzz, interop, other machines, packages. Debian 12 and 13.
PACKAGES = gcc make libc6-dev libmbedtls-dev zlib1g-dev git ca-certificates openssl libssl-dev clang \
	clang-format clang-tidy libclang-rt-dev llvm mandoc nginx fcgiwrap apache2-bin python3-dulwich \
	qemu-system-x86 cpio kmod xz-utils qemu-user libdeflate-dev debootstrap strace iproute2 zsh fish chromium \
	$(patsubst %,gcc-%-linux-gnu,aarch64 i686 riscv64 s390x) gcc-arm-linux-gnueabihf dpkg-dev debhelper lintian tinyproxy squid microsocks
# Where the release has them; the tests say what they leave out without them.
PERHAPS = gcc-mips-linux-gnu|gcc-mipsel-linux-gnu|python3-kconfiglib

# The README's commands in a minimal Debian: DEBIAN=12, 13, both, or by turns.
fresh:
	@sh tests/fresh.sh $(DEBIAN)

deps:
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(PACKAGES) \
		$$(apt-cache pkgnames | grep -xE '$(PERHAPS)')
	sh tests/boot/kernel.sh .sources/kernel

.PHONY: test units test-programs sanitize sanitize-threads fuzz fuzz-programs interop faults demo page packages initramfs readme-check lint fresh deps bench bench-quick bench-days bench-hash
