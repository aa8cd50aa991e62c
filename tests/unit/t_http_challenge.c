/* SPDX-License-Identifier: MIT */
/* H9: which values of WWW-Authenticate offer Basic, and which only have the word in them. */
#include "proto/http_challenge.h"
#include "t.h"

#include <stdlib.h>

static const struct {
    const char *value;
    bool offered;
} rows[] = {
    {"Basic", true},
    {"Basic realm=\"x\"", true},
    {"BASIC realm=x", true},
    {"basic", true},
    {"  ,, Basic realm=\"x\"", true},
    {"Basic,Digest realm=\"y\"", true},
    {"Negotiate, Basic realm=\"x\"", true},
    {"Negotiate,Basic", true},
    {"Digest realm=\"a, b\", nonce=\"c\", Basic realm=\"x\", Bearer", true},
    {"Digest realm=\"a\\\", \", Basic realm=\"x\"", true},
    {"Negotiate YWJjZA==, Basic realm=\"x\"", true},
    {"Bearer authorization_uri=https://h/x?a=b, Basic realm=\"x\", TFS-Federated", true},
    {"Digest realm=\"Basic users\"", false},
    {"Digest realm=\"a, Basic realm=b\"", false},
    {"Digest realm=\"a\\\", Basic realm=b\"", false},
    {"Digest realm=Basic", false},
    {"Digest realm=\"a\", Basic=\"b\"", false},
    {"Digest realm=\"a\", Basic = b", false},
    {"Bearer Basic", false},
    {"Bearer Basic==", false},
    {"Basically realm=\"x\"", false},
    {"NotBasic realm=\"x\"", false},
    {"X-Basic", false},
    {"Basic-2", false},
    {"Basic/1 realm=\"x\"", false},
    {"Basic\"x\"", false},
    {"\"Basic\"", false},
    {"\"Basic", false},
    {"Digest realm=\"never ends, Basic realm=\"x", false},
    {"Digest realm=\"never ends, Basic realm=x", false},
    {"Digest realm=\"ends in \\", false},
    {"=Basic", false},
    {"= , =", false},
    {",", false},
    {"", false},
    {"\xff"
     "Basic",
     false},
};

/* A long challenge in front hides nothing. */
static void after_a_long_one(void)
{
    enum { LONG = 60000 };
    static const char front[] = "Bearer realm=\"", back[] = "\", Basic realm=\"x\"";
    char *value = malloc(sizeof front + LONG + sizeof back);
    CHECK(value != NULL, "memory");
    if (value == NULL)
        return;
    memcpy(value, front, sizeof front);
    memset(value + sizeof front - 1, 'a', LONG);
    memcpy(value + sizeof front - 1 + LONG, back, sizeof back);
    CHECK(http_challenge_offers(value, "Basic"), "Basic behind %d bytes", LONG);
    free(value);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(http_challenge_offers(rows[i].value, "Basic") == rows[i].offered, "%s: %s",
              rows[i].value, rows[i].offered ? "not seen" : "seen");
    after_a_long_one();
    return T_DONE();
}
