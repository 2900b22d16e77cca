/* What the supervisors run: a child that costs next to nothing itself.
 *
 *     child SOCKET GATE ID wait                 start, live until SIGTERM
 *     child SOCKET GATE ID write LINES block    LINES records in 64 KiB blocks that cut lines anywhere
 *     child SOCKET GATE ID write LINES line     the same, one write(2) a line
 *     child SOCKET GATE ID write LINES drip     the same, 600 of them every 10 ms: 60,000 a second
 *     child SOCKET GATE ID ping LINES MICROS    a time-stamped line about every MICROS
 *
 * LINES 0 never ends; ID 0 is the number in $DYNO. "start" and "done" go to the datagram socket
 * with pid and CLOCK_MONOTONIC; writing begins when the fifo GATE is opened at its other end.
 * benchmarks/child.py does the same where there is no compiler. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 100, BLOCK = 65536, DRIP = 600 * RECORD, ENDLESS = 65536 };

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void tell(const char *path, const char *what, long id) {
    long long at = now();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char text[80];
    int size = snprintf(text, sizeof text, "%s %ld %d %lld", what, id, getpid(), at);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    sendto(fd, text, size, 0, (struct sockaddr *)&address, sizeof address);
    close(fd);
}

static void put(const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(1, bytes, size);
        if (written < 0 && errno != EINTR) _exit(1);
        if (written > 0) bytes += written, size -= written;
    }
}

/* "<ID NUMBER CHECKSUM ~~~...~>\n", 100 bytes */
static void record(char *to, long id, long number) {
    char head[40];
    uint32_t sum = (uint32_t)id * 2654435761u + (uint32_t)number * 40503u;
    int size = snprintf(head, sizeof head, "<%04ld %09ld %08x ", id, number, sum);
    memset(to, '~', RECORD);
    memcpy(to, head, size);
    to[RECORD - 2] = '>';
    to[RECORD - 1] = '\n';
}

static char *records(long id, long lines) {
    char *all = malloc((size_t)lines * RECORD);
    for (long number = 0; number < lines; number++) record(all + number * RECORD, id, number);
    return all;
}

static void drip_records(const char *all, long lines) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    size_t size = (size_t)lines * RECORD;
    for (size_t done = 0; done < size; done += DRIP) {
        put(all + done, size - done < DRIP ? size - done : DRIP);
        at.tv_nsec += 10000000;
        if (at.tv_nsec >= 1000000000) at.tv_sec++, at.tv_nsec -= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    }
}

static void write_records(const char *all, long lines, size_t step) {
    size_t size = (size_t)lines * RECORD;
    for (size_t at = 0; at < size; at += step) put(all + at, size - at < step ? size - at : step);
}

/* "@STAMP!....\n", 100 bytes, STAMP in 20 digits */
static void ping(long lines, long micros) {
    char line[RECORD + 1];
    for (long number = 0; number < lines; number++) {
        long pause = micros / 2 + number * 7919 % micros;
        struct timespec nap = {pause / 1000000, pause % 1000000 * 1000};
        nanosleep(&nap, NULL);
        memset(line, '.', RECORD);
        snprintf(line, sizeof line, "@%020lld", now());
        line[21] = '!';
        line[RECORD - 1] = '\n';
        put(line, RECORD);
    }
}

static void leave(int signal) {
    (void)signal;
    _exit(0);
}

int main(int count, char **arg) {
    if (count < 5) return 2;
    signal(SIGTERM, leave);
    signal(SIGINT, leave);
    const char *dyno = getenv("DYNO"), *mode = arg[4];
    long id = atol(arg[3]), lines = count > 5 ? atol(arg[5]) : 0;
    if (!id && dyno && strrchr(dyno, '.')) id = atol(strrchr(dyno, '.') + 1);
    int writes = !strcmp(mode, "write"), pings = !strcmp(mode, "ping");
    long prepared = lines ? lines : ENDLESS;
    char *all = writes ? records(id, prepared) : NULL;
    tell(arg[1], "start", id);
    if (writes || pings) close(open(arg[2], O_RDONLY));
    do {
        if (writes && !strcmp(arg[6], "drip")) drip_records(all, prepared);
        else if (writes) write_records(all, prepared, strcmp(arg[6], "line") ? BLOCK : RECORD);
        if (pings) ping(lines, atol(arg[6]));
    } while (writes && !lines);
    if (writes || pings) tell(arg[1], "done", id);
    for (;;) pause();
}
