/* SPDX-License-Identifier: MIT */
/* References (RFC 3986, 4.1 and 5.2): what a Location is relative to.
 *
 *   reference = [ scheme ":" ] [ "//" authority ] path [ "?" query ] [ "#" fragment ]
 *
 * What the reference does not begin with is the base's: its scheme, its authority, its path up to
 * the last '/' or, for an empty path, whole. Then "." and ".." are removed from the path; a ".."
 * above the root leads to the root.
 */
#include "url.h"

#include "bytes.h"

#include <string.h>

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), and the ':' behind it: how many bytes */
static size_t scheme_length(const char *text)
{
    size_t length = 0;
    char c = bytes_lower(*text);
    if (c < 'a' || c > 'z')
        return 0;
    while ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')
        c = bytes_lower(text[++length]);
    return c == ':' ? length + 1 : 0;
}

/* path = *( "/" segment ), in front of a query */
static void dots_remove(char *path)
{
    char *in = path, *out = path;
    while (*in == '/') {
        size_t size = 1 + strcspn(in + 1, "/?");
        bool one = size == 2 && in[1] == '.', two = size == 3 && in[1] == '.' && in[2] == '.';
        if (two)
            while (out > path && *--out != '/')
                ;
        if (!one && !two) {
            memmove(out, in, size);
            out += size;
        } else if (in[size] != '/') {
            *out++ = '/';
        }
        in += size;
    }
    memmove(out, in, strlen(in) + 1);
}

int url_resolve(const struct url *base, const char *tail, const char *reference, char *out,
                struct fault *fault)
{
    char nothing[] = "";
    struct url origin = *base;
    size_t size = strcspn(reference, "#"), used = 0, root = 0;
    if (size + strlen(base->path) + strlen(tail) + URL_HOST_MAX + 32 >= URL_MAX)
        return fault_set(fault, FAULT_REFUSED, "redirect: to a URL of %zu bytes", size);
    origin.path = nothing;
    if (scheme_length(reference) == 0) {
        url_format(&origin, out, URL_MAX);
        root = used = strlen(out);
    }
    if (root > 0 && strncmp(reference, "//", 2) == 0) {
        used = scheme_length(out);
        root = 0;
    } else if (root > 0 && *reference != '/') {
        strcpy(out + used, base->path);
        strcat(out + used, tail);
        if (size == 0 || *reference == '?') {
            used += strcspn(out + used, size == 0 ? "" : "?");
        } else {
            out[used + strcspn(out + used, "?")] = '\0';
            used = (size_t)(strrchr(out, '/') + 1 - out);
        }
    }
    memcpy(out + used, reference, size);
    out[used + size] = '\0';
    if (root == 0) {
        root = scheme_length(out);
        if (strncmp(out + root, "//", 2) != 0)
            return 0;
        root += 2 + strcspn(out + root + 2, "/?");
    }
    dots_remove(out + root);
    return 0;
}
