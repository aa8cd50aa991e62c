# SPDX-License-Identifier: MIT
# Tests: unit programs (tests/unit/t_*.c), command scripts (tests/cmd/*.sh), the loopback server.

UNIT_PROGRAMS = $(UNIT:tests/unit/%.c=$(BUILD)/tests/%)
TEST_SERVER = $(BUILD)/tests/testserver

$(BUILD)/tests/t_%: $(BUILD)/tests/unit/t_%.o $(BUILD)/libsmidgit.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(TEST_SERVER): $(SERVER:%.c=$(BUILD)/%.o) $(BUILD)/libsmidgit.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lz

TOOLS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tools/*.c))
test-programs: $(UNIT_PROGRAMS) $(TOOLS) $(if $(SERVER),$(TEST_SERVER))

test: $(OUT) test-programs
	@BUILD=$(BUILD) SMIDGIT=$(CURDIR)/$(OUT) tests/run.sh

.PHONY: test test-programs

deps:
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
		gcc make libc6-dev libmbedtls-dev zlib1g-dev git openssl ca-certificates

.PHONY: deps
