/* SPDX-License-Identifier: MIT */
/* A file as a reader and as a writer: every part of it, around the borders of window and buffer. */
#include "system/file.h"

#include "scratch.h"

enum { SIZE = 3 * FILE_BUFFER };

static struct fault fault;
static unsigned char bytes[SIZE], back[SIZE + 1];

static void reading(void)
{
    static const struct {
        uint64_t from, end;
    } rows[] = {
        {0, 0},
        {0, 1},
        {5, 5},
        {5, 9},
        {0, FILE_WINDOW - 1},
        {0, FILE_WINDOW},
        {0, FILE_WINDOW + 1},
        {1, FILE_WINDOW + 1},
        {7, 2 * FILE_WINDOW + 7},
        {SIZE - 1, SIZE},
        {0, SIZE},
    };
    int fd = open("file", O_RDONLY);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct file_reader in;
        size_t size = (size_t)(rows[i].end - rows[i].from);
        fault_clear(&fault);
        file_read_open(&in, fd, rows[i].from, rows[i].end, "file", &fault);
        CHECK(reader_tell(&in.reader) == rows[i].from, "%zu: where it begins", i);
        CHECK(reader_read(&in.reader, back, size) == 0 &&
                  memcmp(back, bytes + rows[i].from, size) == 0,
              "%zu: %s", i, fault.text);
        CHECK(reader_tell(&in.reader) == rows[i].end && reader_end(&in.reader) == 0, "%zu: %s", i,
              fault.text);
    }
    struct file_reader in;
    file_read_open(&in, fd, SIZE - 3, SIZE + 1, "file", &fault);
    CHECK(reader_read(&in.reader, back, 4) < 0 && fault.class != FAULT_NONE,
          "read behind the file's end");
    CHECK(strstr(fault.text, "file"), "%s", fault.text);
    CHECK(lseek(fd, 0, SEEK_CUR) == 0, "the position was moved");
    close(fd);
}

/* One reader for many places: each time the file's bytes, whatever it holds. What it holds it does
 * not read again, as the byte shows that changes behind its back. */
static void moving(void)
{
    static const struct {
        uint64_t from, end;
    } rows[] = {
        {100, 200},
        {150, 160},
        {100, FILE_WINDOW + 300},
        {FILE_WINDOW + 100, FILE_WINDOW + 100},
        {FILE_WINDOW + 100, FILE_WINDOW + 101},
        {0, SIZE},
        {SIZE - 1, SIZE},
        {SIZE - 1, SIZE - 1},
        {99, FILE_WINDOW + 99},
    };
    struct file_reader in = {.held = 0};
    int fd = open("file", O_RDWR), other = open("other", O_RDWR | O_CREAT, 0600);
    unsigned char was = bytes[120], changed = (unsigned char)~was;
    fault_clear(&fault);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = (size_t)(rows[i].end - rows[i].from);
        file_read_move(&in, fd, rows[i].from, rows[i].end, "file", &fault);
        CHECK(reader_tell(&in.reader) == rows[i].from, "%zu: where it begins", i);
        CHECK(reader_read(&in.reader, back, size) == 0 &&
                  memcmp(back, bytes + rows[i].from, size) == 0 && reader_end(&in.reader) == 0 &&
                  reader_tell(&in.reader) == rows[i].end,
              "%zu: %s", i, fault.text);
    }
    file_read_move(&in, fd, 100, SIZE, "file", &fault);
    CHECK(reader_read(&in.reader, back, 1) == 0, "%s", fault.text);
    CHECK(pwrite(fd, &changed, 1, 120) == 1 && pwrite(other, &changed, 1, 120) == 1, "write");
    file_read_move(&in, fd, 120, SIZE, "file", &fault);
    CHECK(reader_read(&in.reader, back, 1) == 0 && back[0] == was, "it was read again");
    file_read_move(&in, other, 120, 121, "other", &fault);
    CHECK(reader_read(&in.reader, back, 1) == 0 && back[0] == changed, "of another file");
    file_read_move(&in, fd, 120, SIZE + 1, "file", &fault);
    CHECK(reader_read(&in.reader, back, 1) == 0 && back[0] == changed, "it was not read again");
    CHECK(pwrite(fd, &was, 1, 120) == 1, "write");
    file_read_move(&in, fd, 0, SIZE, "file", &fault);
    CHECK(reader_read(&in.reader, back, 1) == 0, "%s", fault.text);
    file_read_move(&in, fd, SIZE - 3, SIZE + 1, "file", &fault);
    CHECK(reader_fill(&in.reader) < 0, "read behind the file's end");
    fault_clear(&fault);
    file_read_move(&in, fd, 0, FILE_WINDOW, "file", &fault);
    CHECK(reader_read(&in.reader, back, FILE_WINDOW) == 0 && memcmp(back, bytes, FILE_WINDOW) == 0,
          "what a read has left that failed");
    file_read_move(&in, fd, FILE_WINDOW - 1, SIZE, "file", &fault);
    CHECK(reader_fill(&in.reader) == 1 && (size_t)(in.reader.end - in.reader.at) >= FILE_WINDOW / 2,
          "only %zu bytes of an entry at hand", (size_t)(in.reader.end - in.reader.at));
    close(other);
    close(fd);
}

static void writing(void)
{
    static const size_t pieces[] = {1000, FILE_BUFFER - 1, FILE_BUFFER, FILE_BUFFER + 1, SIZE};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct file_writer out;
        int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
        fault_clear(&fault);
        file_write_open(&out, fd, "file", &fault);
        for (size_t at = 0; at < SIZE; at += pieces[i]) {
            size_t size = SIZE - at < pieces[i] ? SIZE - at : pieces[i];
            CHECK(writer_put(&out.writer, bytes + at, size) == 0, "%s", fault.text);
        }
        CHECK(writer_put(&out.writer, "", 0) == 0 && out.writer.offset == SIZE, "%s", fault.text);
        CHECK(file_flush(&out) == 0 && file_flush(&out) == 0, "%s", fault.text);
        CHECK(pread(fd, back, SIZE + 1, 0) == SIZE && memcmp(back, bytes, SIZE) == 0,
              "by %zu: other bytes", pieces[i]);
        close(fd);
    }
}

/* What cannot be written is said when it is written, at the latest by file_flush(). */
static void full(void)
{
    struct file_writer out;
    int fd = open("/dev/full", O_WRONLY);
    fault_clear(&fault);
    file_write_open(&out, fd, "a file", &fault);
    CHECK(writer_put(&out.writer, "abc", 3) == 0, "%s", fault.text);
    CHECK(file_flush(&out) < 0 && fault.class == FAULT_LOCAL && strstr(fault.text, "a file"), "%s",
          fault.text);
    fault_clear(&fault);
    CHECK(writer_put(&out.writer, bytes, SIZE) < 0 && fault.class == FAULT_LOCAL, "%s", fault.text);
    close(fd);
}

int main(void)
{
    scratch_open();
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)(i * 7 + i / 251);
    writing();
    reading();
    moving();
    full();
    scratch_close();
    return T_DONE();
}
