/* SPDX-License-Identifier: MIT */
/* --limit-rate, by a clock that is set here. */
#include "net/pace.h"
#include "t.h"

enum { SECOND = 1000000, BEGIN = 1000 * SECOND };

/* Receives what it may as soon as it may until SECONDS are over, each piece in a microsecond: the
 * bytes. */
static uint64_t received(struct pace *pace, unsigned rate, size_t capacity, int64_t from,
                         int seconds)
{
    uint64_t bytes = 0;
    for (int64_t now = from;; now++) {
        now += pace_wait(pace, now);
        if (now >= from + (int64_t)seconds * SECOND)
            return bytes;
        size_t piece = pace_most(rate, capacity);
        pace_add(pace, rate, piece);
        bytes += piece;
    }
}

static void kept(void)
{
    static const unsigned rates[] = {1, 7, 8, 1000, 123457, 1 << 20, 300000000, 4294967295};
    static const size_t capacities[] = {1, 5, 16384, 1 << 20};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        for (size_t k = 0; k < sizeof capacities / sizeof *capacities; k++) {
            const uint64_t rate = rates[i], capacity = capacities[k];
            struct pace pace = {.paid_us = 0};
            uint64_t bytes = received(&pace, rates[i], capacities[k], BEGIN, 2);
            /* A quarter of a second that was saved, and the piece that goes beyond. */
            CHECK(bytes <= 2 * rate + rate / 4 + capacity, "rate %u by %zu: %llu bytes in 2 s",
                  rates[i], capacities[k], (unsigned long long)bytes);
            /* A microsecond a piece is lost to rounding. */
            if (capacity * 10000 >= rate)
                CHECK(bytes >= 2 * rate - rate / 4, "rate %u by %zu: only %llu bytes in 2 s",
                      rates[i], capacities[k], (unsigned long long)bytes);
        }
}

/* Time in which nothing was received is not saved for later but for a quarter of a second. */
static void paused(void)
{
    struct pace pace = {.paid_us = 0};
    received(&pace, 1000, 16384, BEGIN, 1);
    uint64_t bytes = received(&pace, 1000, 16384, BEGIN + (int64_t)3600 * SECOND, 1);
    CHECK(bytes >= 1000 && bytes <= 1375, "%llu bytes in a second", (unsigned long long)bytes);
}

static void pieces(void)
{
    static const struct {
        unsigned rate;
        size_t capacity, most;
    } rows[] = {{1, 16384, 1},       {7, 16384, 1},           {16, 16384, 2},
                {8192, 16384, 1024}, {1 << 20, 16384, 16384}, {4294967295, SIZE_MAX, 536870911},
                {100, 1, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(pace_most(rows[i].rate, rows[i].capacity) == rows[i].most, "rate %u: %zu",
              rows[i].rate, pace_most(rows[i].rate, rows[i].capacity));
    CHECK(!pace_on(0) && pace_on(1), "0 is no limit");
}

int main(void)
{
    kept();
    paused();
    pieces();
    return T_DONE();
}
