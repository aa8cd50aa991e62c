/* SPDX-License-Identifier: MIT */
#include "remote/resource.h"

#include "remote/http_custom.h"
#include "remote/proxy.h"

#include <stdio.h>
#include <stdlib.h>

enum { REDIRECTS_MAX = 5, URL_SHOWN = 512 }; /* H2; bytes of a URL in a sentence */

struct resource {
    struct reader reader;
    struct http_session session;
    struct fault *fault;
};

static int resource_more(struct reader *reader)
{
    struct resource *resource = (struct resource *)reader;
    int rc = reader_pass(reader, &resource->session.body.reader);
    if (rc == 1)
        net_rate_add(resource->session.net, (size_t)(reader->end - reader->at));
    return rc;
}

static bool is_redirect(const struct http_session *session)
{
    int status = session->head.status;
    return *session->head.location &&
           http_custom_redirects(&session->options) != HTTP_REDIRECTS_NONE &&
           ((status >= 301 && status <= 303) || status == 307 || status == 308);
}

/* One question; a proxy may want its password first. 0 or -1. */
static int ask(struct http_session *session)
{
    static const struct http_session_request request = {.tail = "", .accept = "*/*"};
    int again;
    do {
        if (http_session_ask(session, &request) < 0)
            return -1;
        again = proxy_log_in(session);
    } while (again == 1);
    return again;
}

static int check_answer(const struct http_session *session)
{
    const struct http_head *head = &session->head;
    char shown[URL_SHOWN];
    url_format(&session->url, shown, sizeof shown);
    if (head->status != 200)
        return fault_set(session->fault, FAULT_REFUSED,
                         "'%s': the server answered %d, 200 was expected", shown, head->status);
    if (*head->content_encoding)
        return fault_set(session->fault, FAULT_PROTOCOL,
                         "'%s': Content-Encoding '%.60s', which was not asked for", shown,
                         head->content_encoding);
    return 0;
}

static int find(struct resource *resource)
{
    struct http_session *session = &resource->session;
    for (int hops = 0;; hops++) {
        if (ask(session) < 0)
            return -1;
        if (!is_redirect(session))
            return check_answer(session);
        if (hops == REDIRECTS_MAX)
            return fault_set(resource->fault, FAULT_REFUSED, "%s: over %d redirects",
                             session->url.host, REDIRECTS_MAX);
        http_session_skip(session);
        if (resource->fault->class != FAULT_NONE ||
            http_session_move(session, "", session->head.location) < 0)
            return -1;
        trace_note(session->options.trace, "redirected to %s", session->url.host);
    }
}

struct resource *resource_open(const struct url *url, const struct http_session_options *options,
                               struct fault *fault)
{
    struct resource *resource = calloc(1, sizeof *resource);
    if (resource == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory for a session");
        return NULL;
    }
    resource->fault = fault;
    http_session_open(&resource->session, url, options, fault);
    if (find(resource) < 0) {
        resource_close(resource);
        return NULL;
    }
    resource->reader = (struct reader){.more = resource_more, .name = "bundle", .fault = fault};
    net_rate_begin(resource->session.net);
    return resource;
}

void resource_close(struct resource *resource)
{
    if (resource == NULL)
        return;
    http_session_close(&resource->session);
    free(resource);
}

struct reader *resource_reader(struct resource *resource)
{
    return &resource->reader;
}

uint64_t resource_size(const struct resource *resource)
{
    const struct http_head *head = &resource->session.head;
    return head->has_length ? head->length : UINT64_MAX;
}

const struct url *resource_url(const struct resource *resource)
{
    return &resource->session.url;
}
