/* SPDX-License-Identifier: MIT */
#include "client/explain_graph.h"

#include "proto/bytes.h"
#include "proto/object.h"

#include <stdlib.h>
#include <string.h>

struct graph {
    const struct hash_ops *hash;
    const struct explain_whole *objects;
    struct oid oids[EXPLAIN_NODES_MAX];
    struct explain_node nodes[EXPLAIN_NODES_MAX];
    size_t count;
    struct explain_edge edges[EXPLAIN_NODES_MAX * EXPLAIN_NODES_MAX];
    size_t edge_count;
    bool linked[EXPLAIN_NODES_MAX][EXPLAIN_NODES_MAX]; /* from, to: one line will do */
};

static size_t find(const struct graph *graph, const unsigned char *id)
{
    size_t at = 0;
    while (at < graph->count && memcmp(graph->oids[at].id, id, graph->hash->oid_len) != 0)
        at++;
    return at;
}

/* What is not in the pack has no place in the picture. */
static void add_edge(struct graph *graph, size_t from, const unsigned char *id)
{
    size_t to = find(graph, id);
    if (to == graph->count || graph->linked[from][to])
        return;
    graph->linked[from][to] = true;
    graph->edges[graph->edge_count++] = (struct explain_edge){from, to};
}

/* The files of a tree are called as it calls them first. */
static void add_tree(struct graph *graph, size_t from)
{
    struct tree_cursor tree;
    struct tree_entry entry;
    struct fault ignored = {.class = FAULT_NONE};
    tree_open(&tree, graph->objects[from].bytes, graph->objects[from].size, graph->hash->oid_len);
    while (tree_next(&tree, &entry, &ignored) == 1) {
        size_t to = find(graph, entry.id);
        add_edge(graph, from, entry.id);
        if (to < graph->count && graph->nodes[to].label[0] == '\0')
            bytes_caret(entry.name, entry.name_len, "", graph->nodes[to].label,
                        sizeof graph->nodes[to].label);
    }
}

static void add_links(struct graph *graph, size_t from)
{
    const struct explain_whole *object = &graph->objects[from];
    struct object_links links;
    struct object_link link;
    struct fault ignored = {.class = FAULT_NONE};
    object_links_open(&links, object->type, object->bytes, object->size, graph->hash->oid_len);
    while (object_links_next(&links, &link, &ignored) == 1)
        add_edge(graph, from, link.id);
}

void explain_graph(const struct explained *file, const struct explain_whole *objects, size_t count)
{
    struct graph *graph = calloc(1, sizeof *graph);
    if (graph == NULL)
        return;
    graph->hash = file->hash;
    graph->objects = objects;
    graph->count = count;
    for (size_t i = 0; i < count; i++) {
        object_name(file->hash, objects[i].type, objects[i].bytes, objects[i].size,
                    &graph->oids[i]);
        oid_hex(&graph->oids[i], graph->nodes[i].name);
        graph->nodes[i].type = pack_type_name(objects[i].type);
    }
    for (size_t i = 0; i < count; i++)
        if (objects[i].type == OBJECT_TREE)
            add_tree(graph, i);
        else
            add_links(graph, i);
    file->explain->form->graph(file->explain->out, graph->nodes, count, graph->edges,
                               graph->edge_count);
    free(graph);
}
