/* SPDX-License-Identifier: MIT */
#include "client/bundle_list.h"

#include "proto/bytes.h"
#include "repo/settings.h"
#include "system/array.h"
#include "system/growing_writer.h"
#include "system/texts.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for a list of bundles");
}

/* Whatever is there once may not be there again. */
static int set_once(struct bundle_list *list, const char **place, const char *key,
                    const char *value, struct fault *fault)
{
    if (*place)
        return fault_set(fault, FAULT_PROTOCOL, "bundle list: '%.100s' is given twice", key);
    *place = texts_keep(&list->texts, value, strlen(value));
    return *place ? 0 : no_memory(fault);
}

/* The bundle called ID[0..SIZE), which is new if need be. NULL, fault. */
static struct listed_bundle *find(struct bundle_list *list, const char *id, size_t size,
                                  struct fault *fault)
{
    for (size_t i = 0; i < list->count; i++)
        if (strncmp(list->bundles[i].id, id, size) == 0 && list->bundles[i].id[size] == '\0')
            return &list->bundles[i];
    if (list->count == BUNDLE_LIST_MAX) {
        fault_set(fault, FAULT_LIMIT, "bundle list: over %d bundles", BUNDLE_LIST_MAX);
        return NULL;
    }
    struct listed_bundle *more =
        array_room(list->bundles, list->count, &list->room, sizeof *list->bundles);
    if (more)
        list->bundles = more;
    const char *kept = more ? texts_keep(&list->texts, id, size) : NULL;
    if (kept == NULL) {
        no_memory(fault);
        return NULL;
    }
    list->bundles[list->count] = (struct listed_bundle){.id = kept};
    return &list->bundles[list->count++];
}

static int set_bundle(struct bundle_list *list, struct listed_bundle *bundle, const char *key,
                      const char *word, const char *value, struct fault *fault)
{
    if (strcmp(word, "uri") == 0)
        return set_once(list, &bundle->uri, key, value, fault);
    if (strcmp(word, "filter") == 0)
        bundle->filtered = true;
    if (strcmp(word, "creationtoken") == 0 &&
        bytes_decimal(value, strlen(value), &bundle->token) < 0)
        return fault_set(fault, FAULT_PROTOCOL, "bundle list: '%.100s' is no number: '%.40s'", key,
                         value);
    return 0;
}

int bundle_list_add(struct bundle_list *list, const char *key, const char *value,
                    struct fault *fault)
{
    char name[CONFIG_NAME_MAX];
    static const char section[] = "bundle.";
    if (settings_name(key, name) < 0)
        return fault_set(fault, FAULT_PROTOCOL, "bundle list: '%.100s' is no key", key);
    if (strncmp(name, section, strlen(section)) != 0)
        return 0;
    if (value == NULL)
        return fault_set(fault, FAULT_PROTOCOL, "bundle list: '%.100s' has no value", key);
    const char *id = name + strlen(section), *dot = strrchr(name, '.');
    if (dot > id) {
        struct listed_bundle *bundle = find(list, id, (size_t)(dot - id), fault);
        return bundle ? set_bundle(list, bundle, key, dot + 1, value, fault) : -1;
    }
    if (strcmp(id, "version") == 0)
        return set_once(list, &list->version, key, value, fault);
    return strcmp(id, "mode") == 0 ? set_once(list, &list->mode, key, value, fault) : 0;
}

struct parsing {
    struct config_listener listener;
    struct bundle_list *list;
    struct fault *fault;
};

static int take_line(struct config_listener *listener, const struct config_line *line)
{
    struct parsing *parsing = (struct parsing *)listener;
    return bundle_list_add(parsing->list, line->name, line->value, parsing->fault);
}

int bundle_list_parse(struct bundle_list *list, const char *text, size_t size, struct fault *fault)
{
    struct parsing parsing = {.listener = {.line = take_line}, .list = list, .fault = fault};
    if (config_parse(text, size, "a list of bundles", &parsing.listener, fault) == 0)
        return 0;
    if (fault->class == FAULT_LOCAL)
        fault->class = FAULT_PROTOCOL;
    return -1;
}

/* Oldest first; where tokens are the same, or none, the order stays. */
static void sort(struct bundle_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct listed_bundle bundle = list->bundles[i];
        size_t at = i;
        for (; at > 0 && list->bundles[at - 1].token > bundle.token; at--)
            list->bundles[at] = list->bundles[at - 1];
        list->bundles[at] = bundle;
    }
}

int bundle_list_end(struct bundle_list *list, struct fault *fault)
{
    if (list->version == NULL || strcmp(list->version, "1") != 0)
        return fault_set(fault, FAULT_PROTOCOL, "bundle list: version '%.40s', expected 1",
                         list->version ? list->version : "");
    list->any = list->mode && strcmp(list->mode, "any") == 0;
    if (list->mode == NULL || (!list->any && strcmp(list->mode, "all") != 0))
        return fault_set(fault, FAULT_PROTOCOL, "bundle list: mode '%.40s', expected all or any",
                         list->mode ? list->mode : "");
    sort(list);
    return 0;
}

int bundle_list_read(struct bundle_list *list, struct reader *in,
                     const unsigned char first[BUNDLE_SIGNATURE], struct fault *fault)
{
    struct growing_writer text;
    growing_writer_open(&text, BUNDLE_LIST_TEXT, "list of bundles", fault);
    int rc = writer_put(&text.writer, first, BUNDLE_SIGNATURE), more = 0;
    while (rc == 0 && (more = reader_fill(in)) == 1) {
        rc = writer_put(&text.writer, in->at, (size_t)(in->end - in->at));
        in->at = in->end;
    }
    size_t size = text.used;
    if (rc == 0 && more == 0)
        rc = writer_put(&text.writer, "", 1);
    if (rc == 0 && more == 0)
        rc = bundle_list_parse(list, (const char *)text.bytes, size, fault);
    growing_writer_close(&text);
    if (rc < 0 && fault->class == FAULT_PROTOCOL)
        fault_wrap(fault, "neither a bundle of version 2 or 3 nor a list of bundles");
    return rc < 0 || more < 0 ? -1 : bundle_list_end(list, fault);
}

void bundle_list_free(struct bundle_list *list)
{
    free(list->bundles);
    texts_free(list->texts);
    *list = (struct bundle_list){.count = 0};
}
