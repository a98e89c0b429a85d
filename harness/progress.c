/* progress.c: draws, at most twenty times a second, how far the run is */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 20, DRAW_EVERY_MS = 50 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The columns of the terminal as it is now; it may have been resized. */
static size_t terminal_width(FILE *to)
{
    struct winsize size = { .ws_col = 0 };

    if (ioctl(fileno(to), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

/* "43 passed, 1 failed", of what there is. */
static void counts(const struct result_totals *done, FILE *to)
{
    const char *separator = "  ";

    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        size_t count = result_counted(done, outcome);

        if (count == 0)
            continue;
        fprintf(to, "%s%zu %s", separator, count, outcome_count_words[outcome]);
        separator = ", ";
    }
}

/* One character short of the width, so that no terminal wraps; the caller
 * frees it. */
static char *line(const struct progress *progress)
{
    const struct result_totals *done = &progress->done;
    size_t width = terminal_width(progress->to);
    size_t filled = BAR_WIDTH, length = 0;
    char *text = NULL;
    FILE *to = open_memstream(&text, &length);

    if (to == NULL)
        return NULL;
    if (done->cases < progress->expected)
        filled = BAR_WIDTH * done->cases / progress->expected;
    putc('[', to);
    for (size_t i = 0; i < BAR_WIDTH; i++)
        putc(i < filled ? '=' : ' ', to);
    fprintf(to, "] %zu/%zu", done->cases, progress->expected);
    counts(done, to);
    if (fclose(to) != 0) {
        free(text);
        return NULL;
    }
    if (length >= width)
        text[width - 1] = '\0';
    return text;
}

static void draw(struct progress *progress)
{
    const char *colour =
        result_bad(&progress->done) > 0 ? "\033[31m" : "\033[32m";
    char *text = line(progress);

    if (text != NULL)
        fprintf(progress->to, "\r\033[K%s%s%s", progress->colour ? colour : "",
                text, progress->colour ? "\033[0m" : "");
    free(text);
    fflush(progress->to);
    progress->drawn_ms = now_ms();
}

static bool can_rewrite_lines(FILE *to)
{
    const char *terminal = getenv("TERM");

    return isatty(fileno(to)) && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

void progress_start(struct progress *progress, size_t expected, FILE *to)
{
    const char *no_colour = getenv("NO_COLOR");

    *progress = (struct progress){
        .to = to,
        .shown = expected > 0 && can_rewrite_lines(to),
        .colour = no_colour == NULL || no_colour[0] == '\0',
        .expected = expected,
    };
    pthread_mutex_init(&progress->lock, NULL);
    if (progress->shown)
        draw(progress);
}

void progress_step(struct progress *progress, enum outcome outcome)
{
    pthread_mutex_lock(&progress->lock);
    result_count(&progress->done, outcome);
    if (progress->shown && (now_ms() - progress->drawn_ms >= DRAW_EVERY_MS ||
                            progress->done.cases == progress->expected))
        draw(progress);
    pthread_mutex_unlock(&progress->lock);
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", progress->to);
        fflush(progress->to);
    }
    pthread_mutex_destroy(&progress->lock);
}
