/* fake_server.h: the few lines of a server that these tests talk to */
#ifndef HARNESS_TESTS_FAKE_SERVER_H
#define HARNESS_TESTS_FAKE_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket that listens on a free port of the loopback. */
static inline int fake_listen(unsigned *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        abort();
    *port = ntohs(address.sin_port);
    return fd;
}

/* How long the request at the start of `text` is; 0 where its end is not
 * there yet. */
static inline size_t fake_request_length(const char *text)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *field = strstr(text, "Content-Length: ");
    size_t length;

    if (!end)
        return 0;
    length = (size_t)(end + 4 - text);
    if (field && field < end)
        length += strtoul(field + strlen("Content-Length: "), NULL, 10);
    return length;
}

/* Reads one request (with a body only where it has a Content-Length); false
 * where the other side has closed. */
static inline bool fake_read(int fd, char *text, size_t size)
{
    size_t length = 0;

    for (;;) {
        size_t whole;
        ssize_t got = recv(fd, text + length, size - 1 - length, 0);
        if (got <= 0)
            return false;
        length += (size_t)got;
        text[length] = '\0';
        whole = fake_request_length(text);
        if (whole && length >= whole)
            return true;
    }
}

static inline void fake_write(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        perror("fake server");
}

#endif
