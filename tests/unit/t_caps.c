/* SPDX-License-Identifier: MIT */
#include "lines.h"
#include "pieces.h"
#include "proto/caps.h"
#include "t.h"

struct row {
    const char *why, *text;
    enum fault_class class;
    const char *got; /* as summary() tells it, or the fault's words */
};

#define LONG50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct row version_0[] = {
    {"none", "", 0, "20"},
    {"git's",
     "multi_ack thin-pack side-band side-band-64k ofs-delta shallow deepen-since deepen-not "
     "deepen-relative no-progress include-tag multi_ack_detailed no-done "
     "symref=HEAD:refs/heads/main object-format=sha1 agent=git/2.39.5",
     0,
     "20 agent git/2.39.5 HEAD refs/heads/main format multi_ack multi_ack_detailed no-done "
     "thin-pack side-band side-band-64k ofs-delta no-progress include-tag shallow deepen-since "
     "deepen-not deepen-relative"},
    {"a blank in front, two between", " ofs-delta  thin-pack ", 0, "20 thin-pack ofs-delta"},
    {"filter and the rest", "filter allow-tip-sha1-in-want allow-reachable-sha1-in-want", 0,
     "20 filter tip reachable"},
    {"sha256", "object-format=sha256", 0, "32 format"},
    {"unknown ones", "report-status push-cert=nonce x y=z =", 0, "20"},
    {"R10: offered unasked", "bundle-uri packfile-uris=https", 0, "20"},
    {"R3: symref may repeat", "symref=HEAD:refs/heads/a symref=refs/remotes/o/HEAD:refs/x", 0,
     "20 HEAD refs/heads/a"},
    {"symref of nothing", "symref=refs/x:refs/y symref symref=HEAD", 0, "20"},
    {"agent without a value", "agent", 0, "20"},
    {"beginnings of names", "multi_ac ofs-delta2 side-band-64", 0, "20"},
    {"R3: HEAD twice", "symref=HEAD:refs/heads/a symref=HEAD:refs/heads/b", FAULT_PROTOCOL,
     "capabilities: HEAD points to two references"},
    {"R3: HEAD to nothing", "symref=HEAD:", FAULT_PROTOCOL,
     "capabilities: HEAD points to a name of 0 bytes, 1 to 63 expected"},
    {"R3: HEAD to what does not fit", "symref=HEAD:refs/heads/" LONG50 LONG50, FAULT_PROTOCOL,
     "HEAD points to a name of 111 bytes"},
    {"R3: twice", "ofs-delta thin-pack ofs-delta", FAULT_PROTOCOL,
     "capabilities: 'ofs-delta' is given twice"},
    {"R3: agent twice", "agent=a agent=b", FAULT_PROTOCOL, "'agent' is given twice"},
    {"R3: two formats", "object-format=sha1 object-format=sha256", FAULT_PROTOCOL,
     "capabilities: two object formats"},
    {"one format twice", "object-format=sha256 agent=a object-format=sha256", 0,
     "32 agent a format"},
    {"R4: unknown format", "object-format=md5\033", FAULT_PROTOCOL,
     "capabilities: object format 'md5^[' is unknown"},
    {"R4: no format", "object-format", FAULT_PROTOCOL, "object format '' is unknown"},
    {"R4: a NUL", "ofs-delta$thin-pack", FAULT_PROTOCOL, "capabilities: a NUL among them"},
};

static const struct row version_2[] = {
    {"git's",
     "agent=git/2.39.5|ls-refs=unborn|fetch=shallow wait-for-done filter sideband-all|"
     "server-option|object-format=sha1|object-info|0000",
     0, "20 agent git/2.39.5 format ls-refs unborn fetch shallow filter"},
    {"none", "0000", 0, "20"},
    {"without features", "ls-refs|fetch|0000", 0, "20 ls-refs fetch"},
    {"features that only begin alike", "ls-refs=unborn2 unbor|fetch=shallow2 filte|0000", 0,
     "20 ls-refs fetch"},
    {"R10: offered unasked", "bundle-uri|fetch=packfile-uris|0000", 0, "20 fetch bundle-uri"},
    {"sha256", "object-format=sha256|0000", 0, "32 format"},
    {"no LF", "!0007fe=|!000afetch=|0000", 0, "20 fetch"},
    {"an empty line", "!0004|fetch|0000", 0, "20 fetch"},
    {"R3: fetch twice", "fetch|fetch=shallow|0000", FAULT_PROTOCOL, "'fetch' is given twice"},
    {"R3: ls-refs twice", "ls-refs|ls-refs|0000", FAULT_PROTOCOL, "'ls-refs' is given twice"},
    {"R3: agent twice", "agent=a|agent=a|0000", FAULT_PROTOCOL, "'agent' is given twice"},
    {"R3: format twice", "object-format=sha1|object-format=sha1|0000", FAULT_PROTOCOL,
     "'object-format' is given twice"},
    {"R4: unknown format", "object-format=sha512|0000", FAULT_PROTOCOL, "'sha512' is unknown"},
    {"R4: a NUL", "fetch=shallow$|0000", FAULT_PROTOCOL,
     "capabilities: line at byte 0: a NUL: \"fetch=shallow\""},
    {"R6: a delimiter", "fetch|0001", FAULT_PROTOCOL,
     "capabilities: line at byte 10: a delimiter: \"\""},
    {"the server's words", "fetch|ERR access denied", FAULT_REFUSED,
     "the server says: access denied"},
    {"no words of the server", "ERROR=x|fetch|0000", 0, "20 fetch"},
    {"R6: the end", "fetch", FAULT_PROTOCOL, "ends at byte 10 where a pkt-line is due"},
};

static void add(char *text, bool wanted, const char *word, const char *value)
{
    size_t used = strlen(text);
    if (wanted)
        snprintf(text + used, 512 - used, " %s%s%s", word, *value ? " " : "", value);
}

/* What was understood, in words. */
static void summary(const struct caps *caps, const char *head, char text[512])
{
    snprintf(text, 512, "%zu", caps->oid_len);
    add(text, caps->agent[0] != '\0', "agent", caps->agent);
    add(text, head[0] != '\0', "HEAD", head);
    add(text, caps->object_format, "format", "");
    add(text, caps->ls_refs, "ls-refs", "");
    add(text, caps->ls_refs_unborn, "unborn", "");
    add(text, caps->fetch, "fetch", "");
    add(text, caps->fetch_shallow, "shallow", "");
    add(text, caps->fetch_filter, "filter", "");
    add(text, caps->bundle_uri, "bundle-uri", "");
    add(text, caps->multi_ack, "multi_ack", "");
    add(text, caps->multi_ack_detailed, "multi_ack_detailed", "");
    add(text, caps->no_done, "no-done", "");
    add(text, caps->thin_pack, "thin-pack", "");
    add(text, caps->side_band, "side-band", "");
    add(text, caps->side_band_64k, "side-band-64k", "");
    add(text, caps->ofs_delta, "ofs-delta", "");
    add(text, caps->no_progress, "no-progress", "");
    add(text, caps->include_tag, "include-tag", "");
    add(text, caps->shallow, "shallow", "");
    add(text, caps->deepen_since, "deepen-since", "");
    add(text, caps->deepen_not, "deepen-not", "");
    add(text, caps->deepen_relative, "deepen-relative", "");
    add(text, caps->filter, "filter", "");
    add(text, caps->allow_tip_sha1_in_want, "tip", "");
    add(text, caps->allow_reachable_sha1_in_want, "reachable", "");
}

static void judge(const struct row *row, int rc, const struct caps *caps, const char *head,
                  const struct fault *fault)
{
    char text[512];
    summary(caps, head, text);
    CHECK((rc < 0) == (row->class != FAULT_NONE) && fault->class == row->class,
          "%s: %d, class %d, \"%s\"", row->why, rc, (int)fault->class, fault->text);
    if (row->class != FAULT_NONE)
        CHECK(strstr(fault->text, row->got), "%s: \"%s\"", row->why, fault->text);
    else
        CHECK(strcmp(text, row->got) == 0, "%s: \"%s\"", row->why, text);
}

static void run_0(const struct row *row)
{
    char text[512], head[64];
    size_t size = strlen(row->text);
    struct fault fault = {.class = FAULT_NONE};
    struct caps caps = {.oid_len = OID_SHA1};
    for (size_t i = 0; i < size; i++)
        text[i] = (char)(row->text[i] == '$' ? '\0' : row->text[i]);
    int rc = caps_parse_v0((const char *)pieces_guard(text, size), size, &caps, head, sizeof head,
                           &fault);
    judge(row, rc, &caps, head, &fault);
}

static void run_2(struct reader *in, void *context)
{
    static struct pkt_reader pkt;
    struct caps caps = {.oid_len = OID_SHA1};
    pkt_open(&pkt, in, NULL);
    int rc = caps_read_v2(&pkt, &caps);
    judge(context, rc, &caps, "", in->fault);
}

/* R5: capabilities without end. */
static void endless(void)
{
    static struct pkt_reader pkt;
    static char text[4096], head[64];
    struct fault fault = {.class = FAULT_NONE};
    struct caps caps = {.oid_len = OID_SHA1};
    struct reader in;
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "x ", 2);
    CHECK(caps_parse_v0(text, 400, &caps, head, sizeof head, &fault) == 0, "%s", fault.text);
    CHECK(caps_parse_v0(text, 402, &caps, head, sizeof head, &fault) < 0 &&
              fault.class == FAULT_LIMIT && strstr(fault.text, "capabilities: more than 200"),
          "%s", fault.text);
    fault_clear(&fault);
    for (size_t i = 0; i < 300; i++)
        memcpy(text + 5 * i, "0005x", 5);
    reader_memory(&in, text, 1500, "memory", &fault);
    pkt_open(&pkt, &in, NULL);
    CHECK(caps_read_v2(&pkt, &caps) < 0 && fault.class == FAULT_LIMIT &&
              strstr(fault.text, "capabilities: more than 200 lines"),
          "%s", fault.text);
}

/* What servers say of themselves is cut, not trusted to fit. */
static void long_agent(void)
{
    static char text[600], head[64];
    struct fault fault = {.class = FAULT_NONE};
    struct caps caps = {.oid_len = OID_SHA1};
    memset(text, 'a', sizeof text);
    memcpy(text, "agent=", 6);
    CHECK(caps_parse_v0(text, sizeof text, &caps, head, sizeof head, &fault) == 0 &&
              strlen(caps.agent) == CAPS_AGENT_MAX - 1,
          "%zu", strlen(caps.agent));
}

int main(void)
{
    char bytes[1024];
    for (size_t i = 0; i < sizeof version_0 / sizeof *version_0; i++)
        run_0(&version_0[i]);
    for (size_t i = 0; i < sizeof version_2 / sizeof *version_2; i++)
        pieces_all(bytes, lines_make(version_2[i].text, bytes, sizeof bytes), run_2,
                   (void *)&version_2[i]);
    endless();
    long_agent();
    return T_DONE();
}
