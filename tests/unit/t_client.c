/* SPDX-License-Identifier: MIT */
/* A git client in under a hundred lines, from the advertisement to the last object, with proto/
 * alone: no socket, no file, no memory but the caller's. It clones what fixtures/conversations
 * recorded. What it leaves out: checking the pack's hash, REF_DELTAs, objects over 2 KB. */
#include "t.h"
#include "conversation.h"
#include "proto/band.h"
#include "proto/delta.h"
#include "proto/fetch.h"
#include "proto/hash.h"
#include "proto/inflate.h"
#include "proto/pack.h"
#include "proto/refs.h"

#include <inttypes.h>

enum { OBJECTS = 32, BYTES_MAX = 2048, WANTS = 16, REQUEST = 4096 };

static const char agent[] = "git/smidgit-0.1.0";

struct object {
    uint64_t offset;
    enum object_type type;
    uint64_t size;
    unsigned char bytes[BYTES_MAX + INFLATE_SLACK];
    struct oid oid;
};

struct client {
    struct conversation *server;
    struct fault fault;
    struct pkt_reader pkt;
    struct caps caps;
    struct refs_reader refs;
    struct band_reader band;
    struct oid wants[WANTS];
    size_t want_count;
    struct object objects[OBJECTS];
    size_t object_count;
    union {
        unsigned char bytes[INFLATE_ROOM];
        uint64_t align;
    } room;
};

/* ---- the client begins here ------------------------------------------------------------------ */

static struct reader *ask(struct client *client, const char *line, struct memory_writer *request)
{
    struct reader *answer =
        conversation_ask(client->server, line, request->buffer, request->used, &client->fault);
    pkt_open(&client->pkt, answer, NULL);
    return answer;
}

static int list(struct client *client, struct memory_writer *request)
{
    static const char *const prefixes[] = {"HEAD", "refs/heads/", "refs/tags/"};
    struct pkt_writer out = {.below = &request->writer};
    struct ref ref;
    int rc;
    struct reader *in = ask(client, "GET /info/refs?service=git-upload-pack", request);
    if (refs_discover(&client->refs, &client->pkt, &client->caps) < 0)
        return -1;
    if (client->caps.version == 2) {
        refs_write_ls(&out, &client->caps, agent, prefixes, 3);
        in = ask(client, "POST /git-upload-pack", request);
        refs_open_ls(&client->refs, &client->pkt, &client->caps);
    }
    while ((rc = refs_next(&client->refs, &ref)) == 1 && client->want_count < WANTS)
        if (strncmp(ref.name, "refs/", 5) == 0)
            client->wants[client->want_count++] = ref.oid;
    return rc < 0 ? -1 : reader_end(in);
}

static int fetch(struct client *client, struct memory_writer *bytes)
{
    struct pkt_writer out = {.below = &bytes->writer};
    struct fetch_request request = {.agent = agent, .include_tag = true, .done = true};
    enum fetch_answer answer;
    bool sideband;
    bytes->used = 0;
    request.wants = client->wants;
    request.want_count = client->want_count;
    fetch_write(&out, &client->caps, &request);
    ask(client, "POST /git-upload-pack", bytes);
    return fetch_read(&client->pkt, &client->caps, &request, NULL, &answer, &sideband);
}

static int receive_object(struct client *client, struct reader *in, struct inflate *inflate)
{
    struct object *object = &client->objects[client->object_count], *base = client->objects;
    unsigned char delta[BYTES_MAX + INFLATE_SLACK];
    struct pack_entry entry;
    if (pack_read_entry(in, reader_tell(in), client->caps.oid_len, &entry) < 0)
        return -1;
    if (entry.size > BYTES_MAX || entry.type == OBJECT_REF_DELTA)
        return fault_set(&client->fault, FAULT_LIMIT, "more than this client can do");
    *object = (struct object){entry.offset, entry.type, entry.size, {0}, {{0}, 0}};
    if (entry.type != OBJECT_OFS_DELTA)
        return inflate_whole(inflate, in, object->bytes, entry.size);
    while (base < object && base->offset != entry.base_offset)
        base++;
    object->type = base->type;
    if (inflate_whole(inflate, in, delta, entry.size) < 0 ||
        delta_result_size(delta, entry.size, &object->size, &client->fault) < 0 ||
        object->size > BYTES_MAX)
        return -1;
    return delta_apply(delta, entry.size, base->bytes, base->size, object->bytes, object->size,
                       &client->fault);
}

static int receive(struct client *client, struct reader *in)
{
    struct inflate *inflate = inflate_open(&client->room, sizeof client->room, &client->fault);
    unsigned char trailer[OID_SHA1];
    uint32_t count;
    if (pack_read_header(in, &count) < 0 || count > OBJECTS)
        return -1;
    for (; client->object_count < count; client->object_count++)
        if (receive_object(client, in, inflate) < 0)
            return -1;
    return reader_read(in, trailer, sizeof trailer) < 0 ? -1 : reader_end(in);
}

static int clone(struct client *client)
{
    unsigned char room[REQUEST];
    struct memory_writer request;
    writer_memory(&request, room, sizeof room, "request", &client->fault);
    if (list(client, &request) < 0 || fetch(client, &request) < 0)
        return -1;
    band_open(&client->band, &client->pkt, NULL);
    return receive(client, &client->band.reader);
}

/* ---- the client ends here -------------------------------------------------------------------- */

/* The client keeps what came; what it is called is seen here. */
static void name_object(struct object *object)
{
    char head[64];
    union hash hash;
    int length =
        snprintf(head, sizeof head, "%s %" PRIu64, pack_type_name(object->type), object->size);
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, head, (size_t)length + 1);
    hash_sha1.add(&hash, object->bytes, object->size);
    hash_sha1.end(&hash, &object->oid);
}

static bool has(const struct client *client, const char *expected)
{
    char text[128], hex[OID_HEX];
    for (size_t i = 0; i < client->object_count; i++) {
        const struct object *object = &client->objects[i];
        snprintf(text, sizeof text, "%s %s %" PRIu64, oid_hex(&object->oid, hex),
                 pack_type_name(object->type), object->size);
        if (strcmp(text, expected) == 0)
            return true;
    }
    return false;
}

static void try(struct conversation *server, const char *path, int version, size_t piece)
{
    static struct client client;
    memset(&client, 0, sizeof client);
    client.server = server;
    server->next = 0;
    server->piece = piece;
    CHECK(clone(&client) == 0, "%s, %zu bytes at a time: %s", path, piece, client.fault.text);
    CHECK(client.caps.version == version, "%s: version %d", path, client.caps.version);
    CHECK(server->next == server->count, "%s: %zu of %zu exchanges", path, server->next,
          server->count);
    CHECK(client.object_count == server->object_count && client.object_count > 0,
          "%s: %zu of %zu objects", path, client.object_count, server->object_count);
    for (size_t i = 0; i < client.object_count; i++)
        name_object(&client.objects[i]);
    for (size_t i = 0; i < server->object_count; i++)
        CHECK(has(&client, server->objects[i]), "%s: no %s", path, server->objects[i]);
}

int main(void)
{
    static const struct {
        const char *path;
        int version;
    } files[] = {
        {"fixtures/conversations/v2-clone.txt", 2},
        {"fixtures/conversations/v0-clone.txt", 0},
    };
    static const size_t pieces[] = {CONVERSATION_SIDE, 1, 2, 3, 7, 64, 1000};
    static struct conversation server;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        CHECK(conversation_load(&server, files[i].path) == 0, "%s", files[i].path);
        for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
            try(&server, files[i].path, files[i].version, pieces[k]);
    }
    return T_DONE();
}
