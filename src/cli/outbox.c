/* SPDX-License-Identifier: MIT */
/* outbox.c: the notifier of the channel "email": one file a notice, there whole or not at all. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outbox {
    int dir; /* of the directory */
    struct cg_writer writer;
};

static casegate_result io_failed(casegate_error *err, const char *what)
{
    char text[160];
    int code = errno;

    snprintf(text, sizeof text, "the outbox: %s: %s", what, strerror(code));
    return casegate_error_set(err, CASEGATE_LATER, code, "outbox", text);
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return 0;
        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return 1;
}

/* Written beside, made durable, then named: as in a Maildir, nobody ever reads half of it. A repeat replaces its like. */
static casegate_result write_file(const struct outbox *outbox, const char *name, const casegate_buffer *mail, casegate_error *err)
{
    char beside[32];
    uint8_t r[8];

    if (casegate_random(NULL, r, sizeof r, err) != CASEGATE_OK)
        return CASEGATE_LATER;
    snprintf(beside, sizeof beside, ".new-%02x%02x%02x%02x%02x%02x%02x%02x", r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
    int fd = openat(outbox->dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_failed(err, "open");
    int written = write_all(fd, casegate_buffer_data(mail), casegate_buffer_length(mail)) && fsync(fd) == 0;
    if (close(fd) != 0 || !written || renameat(outbox->dir, beside, outbox->dir, name) != 0) {
        casegate_result rc = io_failed(err, "write");
        unlinkat(outbox->dir, beside, 0);
        return rc;
    }
    return fsync(outbox->dir) == 0 ? CASEGATE_OK : io_failed(err, "fsync");
}

static casegate_result CASEGATE_CALL deliver(void *user, void *context, const casegate_message *message, int64_t *after_us,
                                             casegate_error *err)
{
    const struct outbox *outbox = user;
    casegate_buffer *mail = casegate_buffer_new(NULL), *name = casegate_buffer_new(NULL);
    casegate_result rc = CASEGATE_E_NOMEM;

    (void)context, (void)after_us;
    if (mail != NULL && name != NULL)
        rc = casegate_mail_compose(NULL, &outbox->writer.options, message, CASEGATE_MAIL_MESSAGE, mail, err);
    if (rc == CASEGATE_OK) {
        casegate_mail_id(message->notice->id, name);
        cg_put(name, ".eml");
        rc = casegate_buffer_status(name);
    }
    if (rc == CASEGATE_OK)
        rc = write_file(outbox, casegate_buffer_data(name), mail, err);
    casegate_buffer_free(mail);
    casegate_buffer_free(name);
    return rc;
}

static void CASEGATE_CALL destroy(void *user)
{
    struct outbox *outbox = user;

    close(outbox->dir);
    free(outbox);
}

/* Makes the directory if there is none yet, and the notifier that writes into it. */
int cg_outbox_open(struct cg_tool *tool)
{
    casegate_notifier_ops ops;
    struct outbox *outbox = calloc(1, sizeof *outbox);

    if (outbox == NULL)
        return cg_fail(tool, CASEGATE_E_NOMEM, "", "");
    int status = cg_writer_make(tool, &outbox->writer);
    if (status != CG_DONE) {
        free(outbox);
        return status;
    }
    int made = mkdir(tool->opt.outbox, 0700) == 0 || errno == EEXIST;
    outbox->dir = made ? open(tool->opt.outbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (outbox->dir < 0) {
        casegate_error_set(&tool->err, CASEGATE_E_HOST, errno, "--outbox", strerror(errno));
        free(outbox);
        return cg_failed(tool);
    }
    casegate_notifier_ops_init(&ops, sizeof ops);
    ops.user = outbox;
    ops.destroy = destroy;
    ops.deliver = deliver;
    casegate_result rc = casegate_notifier_new(NULL, "email", &ops, &tool->notifier, &tool->err);
    if (rc != CASEGATE_OK)
        destroy(outbox);
    return cg_answered(tool, rc);
}
