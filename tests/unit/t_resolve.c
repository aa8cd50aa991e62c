/* SPDX-License-Identifier: MIT */
/* --resolve rules, and addresses that need no name server; no row leaves this machine. */
#include "net/resolve.h"

#include "system/interrupt.h"
#include "t.h"

#include <netdb.h>
#include <stdbool.h>

static struct fault fault;

static void rules(void)
{
    static const struct {
        const char *rule;
        bool good;
    } rows[] = {
        {"h:443:127.0.0.1", true},
        {"h.example:1:127.0.0.1", true},
        {"h:65535:127.0.0.1", true},
        {"*:443:127.0.0.1", true},
        {"h:443:::1", true},
        {"h:443:[::1]", true},
        {"h:443:127.0.0.1,127.0.0.2", true},
        {"h:443:[::1],127.0.0.2,::2", true},
        {"h:443:2001:db8::1", true},
        {"", false},
        {"h", false},
        {"h:443", false},
        {"h:443:", false},
        {":443:127.0.0.1", false},
        {"h::127.0.0.1", false},
        {"h:0:127.0.0.1", false},
        {"h:65536:127.0.0.1", false},
        {"h:18446744073709552059:127.0.0.1", false},
        {"h:+443:127.0.0.1", false},
        {"h:https:127.0.0.1", false},
        {"h:443:localhost", false},
        {"h:443:h.example", false},
        {"h:443:127.0.0.1,", false},
        {"h:443:,127.0.0.1", false},
        {"h:443:127.0.0.1,,127.0.0.2", false},
        {"h:443:127.0.0.1 ", false},
        {"h:443:127.0.0.256", false},
        {"h:443:[::1", false},
        {"h:443:::1]", false},
        {"h:443:[]", false},
        {"h:443:[::x]", false},
        {"h:443:1111111111111111111111111111111111111111111111111111111111111111", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct list list = {.items = {"h:1:127.0.0.1", rows[i].rule}, .count = 2};
        fault_clear(&fault);
        int rc = resolve_validate(&list, &fault);
        CHECK((rc == 0) == rows[i].good, "'%s': %s", rows[i].rule, fault.text);
        CHECK(rc == 0 || (fault.class == FAULT_USAGE &&
                          strstr(fault.text, "HOST:PORT:ADDRESS is needed, not '") &&
                          strstr(fault.text, rows[i].rule)),
              "'%s': %s", rows[i].rule, fault.text);
    }
    struct list none = {.count = 0};
    CHECK(resolve_validate(&none, &fault) == 0, "no rules");
}

static void tell(const struct resolve_address *addresses, size_t count, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char host[64], port[16];
        if (getnameinfo((const struct sockaddr *)&addresses[i].storage, addresses[i].size, host,
                        sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
            strcpy(host, "?");
        used += (size_t)snprintf(out + used, size - used, "%s%s %s", i ? ", " : "", host, port);
    }
}

static void choosing(void)
{
    static const struct {
        const char *why, *rules[3], *host;
        unsigned port;
        const char *got;
    } rows[] = {
        {"an address needs no rule", {NULL}, "127.0.0.3", 80, "127.0.0.3 80"},
        {"of version 6", {NULL}, "::1", 80, "::1 80"},
        {"a rule", {"h:80:127.0.0.9"}, "h", 80, "127.0.0.9 80"},
        {"in any case", {"H.Example:80:127.0.0.9"}, "h.eXample", 80, "127.0.0.9 80"},
        {"for an address too", {"127.0.0.3:80:127.0.0.9"}, "127.0.0.3", 80, "127.0.0.9 80"},
        {"another port", {"127.0.0.3:81:127.0.0.9"}, "127.0.0.3", 80, "127.0.0.3 80"},
        {"another host", {"h:80:127.0.0.9"}, "127.0.0.3", 80, "127.0.0.3 80"},
        {"a host that begins alike", {"127.0.0.3:80:127.0.0.9"}, "127.0.0.33", 80, "127.0.0.33 80"},
        {"a rule for less", {"127.0.0:80:127.0.0.9"}, "127.0.0.3", 80, "127.0.0.3 80"},
        {"every host", {"*:80:127.0.0.9"}, "h.example", 80, "127.0.0.9 80"},
        {"every host, another port", {"*:81:127.0.0.9"}, "127.0.0.3", 80, "127.0.0.3 80"},
        {"a star inside is none", {"*.0.0.3:80:127.0.0.9"}, "127.0.0.3", 80, "127.0.0.3 80"},
        {"the first that fits",
         {"g:80:127.0.0.7", "h:80:127.0.0.8", "*:80:127.0.0.9"},
         "h",
         80,
         "127.0.0.8 80"},
        {"several, in their order",
         {"h:80:127.0.0.9,[::1],127.0.0.8"},
         "h",
         80,
         "127.0.0.9 80, ::1 80, 127.0.0.8 80"},
        {"localhost by a rule", {"localhost:80:127.0.0.9"}, "localhost", 80, "127.0.0.9 80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resolve_address addresses[RESOLVE_MAX];
        struct list list = {.count = 0};
        size_t count = 99;
        char got[256];
        while (list.count < 3 && rows[i].rules[list.count]) {
            list.items[list.count] = rows[i].rules[list.count];
            list.count++;
        }
        fault_clear(&fault);
        CHECK(resolve(rows[i].host, rows[i].port, "peer", list.count ? &list : NULL, addresses,
                      &count, &fault) == 0,
              "%s: %s", rows[i].why, fault.text);
        tell(addresses, count, got, sizeof got);
        CHECK(strcmp(got, rows[i].got) == 0, "%s: %s", rows[i].why, got);
    }
}

/* More addresses than are tried are left out; "localhost" needs no file; a run that is stopped asks
 * nobody. */
static void others(void)
{
    struct resolve_address addresses[RESOLVE_MAX];
    char rule[1024] = "h:80:127.0.0.1", got[1024];
    struct list list = {.items = {rule}, .count = 1};
    size_t count = 0;
    for (int i = 2; i < 30; i++)
        sprintf(rule + strlen(rule), ",127.0.0.%d", i);
    fault_clear(&fault);
    CHECK(resolve_validate(&list, &fault) == 0 &&
              resolve("h", 80, "peer", &list, addresses, &count, &fault) == 0 &&
              count == RESOLVE_MAX,
          "%zu: %s", count, fault.text);
    CHECK(resolve("localhost", 81, "peer", NULL, addresses, &count, &fault) == 0 && count > 0, "%s",
          fault.text);
    tell(addresses, count, got, sizeof got);
    CHECK(strstr(got, "127.0.0.1 81") || strstr(got, "::1 81"), "%s", got);
    interrupt_seen = 1;
    CHECK(resolve("localhost", 81, "peer", NULL, addresses, &count, &fault) < 0 &&
              fault.class == FAULT_INTERRUPTED && count == 0,
          "%s", fault.text);
    interrupt_seen = 0;
}

int main(void)
{
    rules();
    choosing();
    others();
    return T_DONE();
}
