/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include "bytes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int reader_fill(struct reader *reader)
{
    while (reader->at == reader->end) {
        int rc = reader->more(reader);
        if (rc <= 0)
            return rc;
    }
    return 1;
}

int reader_pass(struct reader *reader, struct reader *below)
{
    int rc = reader_fill(below);
    if (rc <= 0)
        return rc;
    reader->at = below->at;
    reader->end = below->at = below->end;
    reader->offset += (uint64_t)(reader->end - reader->at);
    return 1;
}

uint64_t reader_tell(const struct reader *reader)
{
    return reader->offset - (uint64_t)(reader->end - reader->at);
}

int reader_read(struct reader *reader, void *out, size_t size)
{
    unsigned char *to = out;
    while (size > 0) {
        int rc = reader_fill(reader);
        if (rc < 0)
            return -1;
        if (rc == 0)
            return fault_set(reader->fault, FAULT_PROTOCOL,
                             "%s: ends at byte %" PRIu64 ", %zu more were due", reader->name,
                             reader_tell(reader), size);
        size_t hand = (size_t)(reader->end - reader->at);
        size_t take = hand < size ? hand : size;
        memcpy(to, reader->at, take);
        reader->at += take;
        to += take;
        size -= take;
    }
    return 0;
}

int reader_byte(struct reader *reader, unsigned char *out)
{
    int rc = reader_fill(reader);
    if (rc == 1)
        *out = *reader->at++;
    return rc;
}

int reader_end(struct reader *reader)
{
    int rc = reader_fill(reader);
    if (rc == 1)
        return fault_set(reader->fault, FAULT_PROTOCOL,
                         "%s: should end at byte %" PRIu64 ", but more bytes follow", reader->name,
                         reader_tell(reader));
    return rc;
}

static int memory_more(struct reader *reader)
{
    (void)reader;
    return 0;
}

void reader_memory(struct reader *reader, const void *bytes, size_t size, const char *name,
                   struct fault *fault)
{
    reader->at = bytes;
    reader->end = reader->at + size;
    reader->more = memory_more;
    reader->offset = size;
    reader->name = name;
    reader->fault = fault;
}

int writer_put(struct writer *writer, const void *bytes, size_t size)
{
    if (writer->put(writer, bytes, size) < 0)
        return -1;
    writer->offset += size;
    return 0;
}

int writer_text(struct writer *writer, const char *format, ...)
{
    char text[WRITER_TEXT];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof text)
        return fault_set(writer->fault, FAULT_LIMIT, "%s: a text of over %d bytes", writer->name,
                         WRITER_TEXT - 1);
    return writer_put(writer, text, (size_t)length);
}

static int memory_put(struct writer *writer, const void *bytes, size_t size)
{
    struct memory_writer *memory = (struct memory_writer *)writer;
    if (size > memory->size - memory->used)
        return fault_set(writer->fault, FAULT_LIMIT, "%s: does not fit in %zu bytes", writer->name,
                         memory->size);
    if (size > 0)
        memcpy(memory->buffer + memory->used, bytes, size);
    memory->used += size;
    return 0;
}

void writer_memory(struct memory_writer *memory, void *buffer, size_t size, const char *name,
                   struct fault *fault)
{
    *memory = (struct memory_writer){
        .writer = {.put = memory_put, .name = name, .fault = fault},
        .buffer = buffer,
        .size = size,
    };
}
