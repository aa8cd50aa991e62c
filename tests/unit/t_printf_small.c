/* SPDX-License-Identifier: MIT */
/* The static builds' formatted output against the C library's, under other names. */
#include "t.h"

#define vsnprintf small_vsnprintf
#define snprintf small_snprintf
#define vfprintf small_vfprintf
#define fprintf small_fprintf
#define printf small_printf
#include "../../src/system/small/printf.c"
#undef vsnprintf
#undef snprintf
#undef vfprintf
#undef fprintf
#undef printf

#define SAME(...)                                                                              \
    do {                                                                                       \
        char want[200], got[200];                                                              \
        int wanted = snprintf(want, sizeof want, __VA_ARGS__);                                 \
        int used = small_snprintf(got, sizeof got, __VA_ARGS__);                               \
        CHECK(used == wanted && strcmp(got, want) == 0, "%d \"%s\", expected %d \"%s\"", used, \
              got, wanted, want);                                                              \
    } while (0)

static void numbers(void)
{
    static const long long values[] = {0,     1,       -1,      9,         10,       255,
                                       65536, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        long long v = values[i];
        SAME("%d|%i|%u|%x|%X|%o", (int)v, (int)v, (unsigned)v, (unsigned)v, (unsigned)v,
             (unsigned)v);
        SAME("%lld|%llu|%llx|%jd|%ju", v, (unsigned long long)v, (unsigned long long)v, (intmax_t)v,
             (uintmax_t)v);
        SAME("%ld|%lu|%zu|%td|%zx", (long)v, (unsigned long)v, (size_t)v, (ptrdiff_t)v, (size_t)v);
        SAME("%hhd|%hd|%hhu|%hu|%02hhx", (signed char)v, (short)v, (unsigned char)v,
             (unsigned short)v, (unsigned char)v);
        SAME("%5d|%-5d|%05d|%+d|% d|%.3d|%8.3d|%-8.3d|", (int)v, (int)v, (int)v, (int)v, (int)v,
             (int)v, (int)v, (int)v);
        SAME("%#x|%#X|%#o|%04x|%#06x|%*d|%-*d|", (unsigned)v, (unsigned)v, (unsigned)v, (unsigned)v,
             (unsigned)v, 7, (int)v, 7, (int)v);
    }
}

static void strings(void)
{
    char cut[4];
    SAME("plain");
    SAME("%s|%10s|%-10s|%.2s|%10.2s|%.*s|%.0s|%s", "text", "text", "text", "text", "text", 3,
         "text", "text", "");
    SAME("%c|%3c|%-3c|%%", 'a', 'b', 'c');
    SAME("%s%d%s", "a", 5, "z");
    CHECK(small_snprintf(cut, sizeof cut, "%s", "longer") == 6 && strcmp(cut, "lon") == 0, "%s",
          cut);
    CHECK(small_snprintf(NULL, 0, "%d", 12345) == 5, "counts without room");
}

static void streams(void)
{
    char got[100] = "";
    FILE *file = tmpfile();
    CHECK(file && small_fprintf(file, "%s %d\n", "to a stream", 7) == 14, "length");
    rewind(file);
    CHECK(fgets(got, sizeof got, file) != NULL, "nothing there");
    CHECK_TEXT(got, "to a stream 7\n");
    fclose(file);
}

int main(void)
{
    numbers();
    strings();
    streams();
    return T_DONE();
}
