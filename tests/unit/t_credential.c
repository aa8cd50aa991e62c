/* SPDX-License-Identifier: MIT */
#include "pieces.h"
#include "remote/credential.h"
#include "t.h"

#include <stdlib.h>

/* What is written of what was read, and what is left to read. */
static const struct {
    const char *why;
    const char *bytes;
    size_t size;
    const char *written, *left;
} good[] = {
    {"all that is known",
     BYTES(
         "password=p\nusername=u\nhost=h:1\nprotocol=https\npath=a/b\nauthtype=Bearer\n"
         "credential=c\noauth_refresh_token=o\npassword_expiry_utc=12\nephemeral=1\ncontinue=true\n"
         "quit=yes\ncapability[]=authtype\nstate[]=x:1\nwwwauth[]=Basic\nwwwauth[]=Bearer\n"),
     "capability[]=authtype\nauthtype=Bearer\ncredential=c\nephemeral=1\nprotocol=https\n"
     "host=h:1\npath=a/b\nusername=u\npassword=p\noauth_refresh_token=o\npassword_expiry_utc=12\n"
     "wwwauth[]=Basic\nwwwauth[]=Bearer\ncontinue=1\nstate[]=x:1\nquit=1\n",
     ""},
    {"nothing", BYTES(""), "", ""},
    {"up to an empty line", BYTES("host=h\n\nhost=g\n"), "host=h\n", "host=g\n"},
    {"a last line without its end", BYTES("host=h"), "host=h\n", ""},
    {"unknown keys", BYTES("colour=blue\nhost=h\nHost=g\n"), "host=h\n", ""},
    {"the later one", BYTES("host=g\nhost=h\n"), "host=h\n", ""},
    {"an empty value", BYTES("host=\n"), "host=\n", ""},
    {"'=' and all bytes in a value", BYTES("password==a =\t\x1b\xff\"'\n"),
     "password==a =\t\x1b\xff\"'\n", ""},
    {"an empty item drops those before", BYTES("state[]=a\nstate[]=\nstate[]=b\n"), "state[]=b\n",
     ""},
    {"what is not true", BYTES("quit=0\nephemeral=FALSE\ncontinue=\n"), "", ""},
    {"an expiry that makes no sense", BYTES("password_expiry_utc=soon\n"), "", ""},
    {"a url", BYTES("username=x\nurl=https://h/p\n"), "protocol=https\nhost=h\npath=p\n", ""},
    {"what comes behind a url", BYTES("url=https://u@h/p\nusername=v\n"),
     "protocol=https\nhost=h\npath=p\nusername=v\n", ""},
    {"all of a url", BYTES("url=https://a%20b:p%40%25@h:1//x/y//\n"),
     "protocol=https\nhost=h:1\npath=x/y\nusername=a b\npassword=p@%\n", ""},
    {"a query ends the host", BYTES("url=https://good?@evil\n"),
     "protocol=https\nhost=good\npath=?@evil\n", ""},
    {"an '@' in the path", BYTES("url=https://h/a@b\n"), "protocol=https\nhost=h\npath=a@b\n", ""},
    {"no host", BYTES("url=cert:///a/b\n"), "protocol=cert\nhost=\npath=a/b\n", ""},
    {"an empty user and password", BYTES("url=https://:@h\n"),
     "protocol=https\nhost=h\nusername=\npassword=\n", ""},
    {"IPv6", BYTES("url=https://u@[::1]:80/p\n"),
     "protocol=https\nhost=[::1]:80\npath=p\nusername=u\n", ""},
    {"codes that are none", BYTES("url=https://%0:%zz%4@h%00/%2\n"),
     "protocol=https\nhost=h%00\npath=%2\nusername=%0\npassword=%zz%4\n", ""},
    {"before a colon nothing is coded, as git has it", BYTES("url=https://h/a%20b:c%20d\n"),
     "protocol=https\nhost=h\npath=a%20b:c d\n", ""},
    {"a coded slash at the end", BYTES("url=https://h/a%2f\n"), "protocol=https\nhost=h\npath=a\n",
     ""},
};

static const struct {
    const char *why;
    const char *bytes;
    size_t size;
    const char *sentence;
} bad[] = {
    {"C3: a NUL", BYTES("host=h\nusername=u\0\n"), "a NUL in a credential"},
    {"C3: a NUL in a key", BYTES("ho\0st=h\n"), "a NUL in a credential"},
    {"C3: a CR in a host", BYTES("host=good\rhost=evil\n"), "a carriage return in a credential"},
    {"C3: a CR at the end", BYTES("host=h\r\n"), "a carriage return in a credential"},
    {"C3: a CR in what is not known", BYTES("x=\r\n"), "a carriage return in a credential"},
    {"no '='", BYTES("secret\n"), "a credential's line without '='"},
    {"rubbish",
     BYTES("\x7f"
           "ELF\2\1\1\0"),
     "a NUL in a credential"},
    {"no '=' at the end", BYTES("host=h\nusern"), "a credential's line without '='"},
    {"a url without a scheme", BYTES("url=h/p\n"), "a credential's url without a scheme"},
    {"a url with an empty scheme", BYTES("url=://h/p\n"), "a credential's url without a scheme"},
    {"CVE-2020-5260: %0a in a url's host", BYTES("url=https://h%0ahost=evil/p\n"),
     "a line break in a credential's url"},
    {"%0a in a url's user", BYTES("url=https://a%0A@h/p\n"), "a line break in a credential's url"},
    {"%0a in a url's password", BYTES("url=https://a:%0a@h/p\n"),
     "a line break in a credential's url"},
    {"CVE-2024-52006: %0d in a url's path", BYTES("url=https://h/%0d\n"),
     "a line break in a credential's url"},
};

struct row {
    const char *why, *written, *left, *sentence;
};

static void written_as(const char *why, const struct credential *credential, const char *expected)
{
    char text[2048];
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer out;
    writer_memory(&out, text, sizeof text - 1, "test", &fault);
    int rc = credential_write(credential, &out.writer);
    text[out.used] = '\0';
    CHECK(rc == 0 && strcmp(text, expected) == 0, "%s: %s: got \"%s\"", why, fault.text, text);
}

static void run_good(struct reader *in, void *context)
{
    const struct row *row = context;
    struct credential credential = {.room = NULL};
    char left[256] = "";
    size_t size = 0;
    int rc = credential_read(in, &credential);
    CHECK(rc == 0, "%s: %s", row->why, in->fault->text);
    written_as(row->why, &credential, row->written);
    while (reader_byte(in, (unsigned char *)&left[size]) == 1)
        left[++size] = '\0';
    left[size] = '\0';
    CHECK_TEXT(left, row->left);
    credential_forget(&credential);
}

/* What was known before stays as it was. */
static void run_bad(struct reader *in, void *context)
{
    const struct row *row = context;
    struct credential credential = {.room = NULL};
    credential_set(&credential, "host", "before", in->fault);
    int rc = credential_read(in, &credential);
    CHECK(rc == -1 && in->fault->class == FAULT_PROTOCOL, "%s: %d", row->why, rc);
    CHECK_TEXT(in->fault->text, row->sentence);
    written_as(row->why, &credential, "host=before\n");
    credential_forget(&credential);
}

static void tables(void)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct row row = {.why = good[i].why, .written = good[i].written, .left = good[i].left};
        pieces_all(good[i].bytes, good[i].size, run_good, &row);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct row row = {.why = bad[i].why, .sentence = bad[i].sentence};
        pieces_all(bad[i].bytes, bad[i].size, run_bad, &row);
    }
}

/* The longest secret passes, one byte more does not; neither does a helper that never ends. */
static int read_long(const char *line, size_t size, unsigned times, struct credential *credential,
                     struct fault *fault)
{
    char *text = malloc(size * times), *at = text;
    struct reader in;
    for (unsigned i = 0; i < times; i++, at += size) {
        memset(at, 'x', size);
        memcpy(at, line, strlen(line));
        at[size - 1] = '\n';
    }
    fault_clear(fault);
    reader_memory(&in, text, size * times, "test", fault);
    int rc = credential_read(&in, credential);
    free(text);
    return rc;
}

static void limits(void)
{
    struct credential credential = {.room = NULL};
    struct fault fault;
    CHECK(read_long("password=", CREDENTIAL_LINE, 1, &credential, &fault) == 0, "%s", fault.text);
    CHECK(strlen(credential.password) == CREDENTIAL_LINE - 10, "%zu", strlen(credential.password));
    credential_forget(&credential);
    CHECK(read_long("password=", CREDENTIAL_LINE + 1, 1, &credential, &fault) < 0, "too long");
    CHECK_TEXT(fault.text, "a credential's line of over 65567 bytes");
    CHECK(fault.class == FAULT_LIMIT && !credential.password, "%d", fault.class);
    CHECK(read_long("password=", CREDENTIAL_LINE, 5, &credential, &fault) < 0, "too much");
    CHECK_TEXT(fault.text, "a credential of over 262144 bytes");
    CHECK(read_long("password=", 40000, 6, &credential, &fault) == 0, "%s", fault.text);
    credential_forget(&credential);
    CHECK(read_long("unknown=", 40000, 25, &credential, &fault) == 0, "%s", fault.text);
    CHECK(read_long("unknown=", 40000, 60, &credential, &fault) < 0, "it never ends");
    CHECK_TEXT(fault.text, "a credential of over 1048576 bytes");
    CHECK(read_long("state[]=x", 11, 32, &credential, &fault) == 0, "%s", fault.text);
    CHECK(read_long("state[]=x", 11, 1, &credential, &fault) < 0, "33 values");
    CHECK_TEXT(fault.text, "over 32 values of 'state[]'");
    CHECK(fault.class == FAULT_LIMIT && credential.state.count == 32, "%d", fault.class);
    credential_forget(&credential);
}

/* What never came over a line cannot break one either. */
static void from_elsewhere(void)
{
    struct credential credential = {.room = NULL}, broken = {.host = "h\nhost=evil"};
    struct fault fault = {.class = FAULT_NONE};
    char text[64];
    struct memory_writer out;
    CHECK(credential_set(&credential, "username", "a\nb", &fault) < 0, "a newline");
    CHECK_TEXT(fault.text, "a newline in a credential");
    CHECK(!credential.username, "it is taken");
    fault_clear(&fault);
    CHECK(credential_set(&credential, "username", "u", &fault) == 0, "%s", fault.text);
    written_as("set", &credential, "username=u\n");
    writer_memory(&out, text, sizeof text, "test", &fault);
    broken.protocol = "https";
    CHECK(credential_write(&broken, &out.writer) < 0 && out.used == 0, "%zu written", out.used);
    CHECK_TEXT(fault.text, "a line break in a credential's host");
    credential_forget(&credential);
}

static void matches(void)
{
    struct credential have = {.protocol = "https", .host = "h", .username = "u", .password = "p"};
    struct credential wanted = {.host = "h"};
    CHECK(credential_matches(&wanted, &have, true), "a part of it");
    wanted.path = "p";
    CHECK(!credential_matches(&wanted, &have, false), "a path that is not there");
    wanted = (struct credential){.host = "h", .password = "q"};
    CHECK(credential_matches(&wanted, &have, false), "another password, not asked for");
    CHECK(!credential_matches(&wanted, &have, true), "another password");
    wanted = (struct credential){.username = "U"};
    CHECK(!credential_matches(&wanted, &have, false), "another user");
}

int main(void)
{
    tables();
    limits();
    from_elsewhere();
    matches();
    return T_DONE();
}
