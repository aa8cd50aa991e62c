/* SPDX-License-Identifier: MIT */
#include "tls/pinned_key.h"

#include "proto/hash.h"
#include "proto/sha1.h"
#include "system/base64.h"

#include <stdbool.h>
#include <string.h>

static const char prefix[] = "sha256//";

enum { DIGEST = 32, DIGITS = BASE64_LENGTH(DIGEST), PIN = sizeof prefix - 1 + DIGITS };

/* 43 digits and "=": 32 bytes. */
static bool is_pin(const char *text, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return length == PIN && memcmp(text, prefix, sizeof prefix - 1) == 0 &&
           strspn(text + sizeof prefix - 1, digits) == DIGITS - 1 && text[PIN - 1] == '=';
}

int pinned_key_validate(const char *text, struct fault *fault)
{
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ";");
        if (!is_pin(at, length))
            return fault_set(fault, FAULT_USAGE,
                             "option '--pinnedpubkey': 'sha256//' and %d characters of base64 are "
                             "needed, several with ';' between, not '%.*s'",
                             DIGITS, (int)(length > 80 ? 80 : length), at);
        at += length;
        if (*at == '\0')
            return 0;
    }
}

int pinned_key_check(const char *pins, const unsigned char *key, size_t size, struct fault *fault)
{
    char has[PIN + 1];
    union hash hash;
    struct oid digest;
    hash_sha256.begin(&hash);
    hash_sha256.add(&hash, key, size);
    hash_sha256.end(&hash, &digest);
    memcpy(has, prefix, sizeof prefix);
    base64_format(digest.id, DIGEST, has + sizeof prefix - 1);
    for (const char *at = pins; at; at = strchr(at, ';')) {
        at += *at == ';';
        if (strncmp(at, has, PIN) == 0)
            return 0;
    }
    return fault_set(fault, FAULT_TLS,
                     "wrong key: the server's public key is %s, which is not the pinned one", has);
}
