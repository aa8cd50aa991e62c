/* SPDX-License-Identifier: MIT */
/* Challenges (RFC 9110, 11.3 and 11.6.1):
 *
 *   WWW-Authenticate = #challenge
 *   challenge        = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
 *   auth-param       = token BWS "=" BWS ( token / quoted-string )
 *
 * Both lists are separated by commas, so an element is a new challenge or one more parameter of the
 * last one; only a parameter has "=" behind its first word. Whatever follows that word, up to the
 * comma, is the scheme's own and says nothing of what is offered.
 */
#include "http_challenge.h"

#include "bytes.h"

#include <string.h>

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (bytes_lower(c) >= 'a' && bytes_lower(c) <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool same_word(const char *word, size_t length, const char *other)
{
    if (strlen(other) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (bytes_lower(word[i]) != bytes_lower(other[i]))
            return false;
    return true;
}

/* The comma that ends the element, or the end; commas in quoted strings do not count. */
static const char *element_end(const char *at)
{
    bool quoted = false;
    for (; *at && (quoted || *at != ','); at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (quoted && *at == '\\' && at[1])
            at++;
    }
    return at;
}

bool http_challenge_offers(const char *value, const char *scheme)
{
    for (const char *at = value; *at; at = element_end(at)) {
        at += strspn(at, ", \t");
        const char *word = at;
        while (is_token_char(*at))
            at++;
        size_t length = (size_t)(at - word);
        const char *behind = at + strspn(at, " \t");
        bool separated = behind > at || *at == ',' || *at == '\0';
        if (length > 0 && separated && *behind != '=' && same_word(word, length, scheme))
            return true;
    }
    return false;
}
