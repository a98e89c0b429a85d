/* faulty_ids.c: faults of `faulty` by which two ids, or namespaces, meet
 *
 * Most fold the id into another: what folds alike is one session.
 */
#include "faulty_store.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Some of it is lost ------------------------------------------------- */

static size_t fold_prefix(struct sstore_str sid, char *out, size_t most)
{
    size_t length = sid.n < most ? sid.n : most;

    memcpy(out, sid.p, length);
    return length;
}

static size_t fold_cut_at_128(struct sstore_str sid, char *out)
{
    return fold_prefix(sid, out, 128);
}

static size_t fold_cut_at_250(struct sstore_str sid, char *out)
{
    return fold_prefix(sid, out, 250);
}

/* All but the bytes of `unwanted`. */
static size_t fold_without(struct sstore_str sid, char *out,
                           const char *unwanted)
{
    size_t length = 0;

    for (size_t i = 0; i < sid.n; i++) {
        if (!sid.p[i] || !strchr(unwanted, sid.p[i]))
            out[length++] = sid.p[i];
    }
    return length;
}

static size_t fold_quotes(struct sstore_str sid, char *out)
{
    return fold_without(sid, out, "'\"`");
}

static size_t fold_line_ends(struct sstore_str sid, char *out)
{
    return fold_without(sid, out, "\r\n\t");
}

static size_t fold_from_colon(struct sstore_str sid, char *out)
{
    const char *colon = sid.n ? memchr(sid.p, ':', sid.n) : NULL;

    return fold_prefix(sid, out, colon ? (size_t)(colon - sid.p) : sid.n);
}

static size_t fold_trailing_blanks(struct sstore_str sid, char *out)
{
    while (sid.n && sid.p[sid.n - 1] == ' ')
        sid.n--;
    return fold_prefix(sid, out, sid.n);
}

/* ---- Some of it is taken for something else ----------------------------- */

static size_t fold_case(struct sstore_str sid, char *out)
{
    for (size_t i = 0; i < sid.n; i++)
        out[i] = (char)tolower((unsigned char)sid.p[i]);
    return sid.n;
}

/* The Cyrillic and Greek capitals of two bytes, and the Latin ones: what
 * tolower() leaves alone. */
static size_t fold_foreign_case(struct sstore_str sid, char *out)
{
    memcpy(out, sid.p, sid.n);
    for (size_t i = 0; i + 1 < sid.n; i++) {
        unsigned char a = (unsigned char)sid.p[i];
        unsigned char b = (unsigned char)sid.p[i + 1];

        if (a == 0xC3 && b >= 0x80 && b <= 0x9E)
            out[i + 1] = (char)(b + 0x20);
        else if (a == 0xD0 && b >= 0x90 && b <= 0x9F)
            out[i + 1] = (char)(b + 0x20);
        else if (a == 0xD0 && b >= 0xA0 && b <= 0xAF) {
            out[i] = (char)0xD1;
            out[i + 1] = (char)(b - 0x20);
        }
    }
    return sid.n;
}

static size_t fold_safe(struct sstore_str sid, char *out)
{
    for (size_t i = 0; i < sid.n; i++)
        out[i] = isalnum((unsigned char)sid.p[i]) || sid.p[i] == '-' ? sid.p[i]
                                                                     : '_';
    return sid.n;
}

/* How many bytes the character has that begins so; 1 for what begins none. */
static size_t character_length(unsigned char first)
{
    return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

/* Every character of `least` bytes and more becomes a question mark. */
static size_t fold_long_characters(struct sstore_str sid, char *out,
                                   size_t least)
{
    size_t length = 0;

    for (size_t i = 0; i < sid.n;) {
        size_t size = character_length((unsigned char)sid.p[i]);

        if (size > sid.n - i)
            size = sid.n - i;
        if (size >= least) {
            out[length++] = '?';
        } else {
            memcpy(out + length, sid.p + i, size);
            length += size;
        }
        i += size;
    }
    return length;
}

static size_t fold_to_ascii(struct sstore_str sid, char *out)
{
    return fold_long_characters(sid, out, 2);
}

static size_t fold_to_ucs2(struct sstore_str sid, char *out)
{
    return fold_long_characters(sid, out, 4);
}

/* e and a combining acute accent become é; no other pair does. */
static size_t fold_composed(struct sstore_str sid, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < sid.n; i++) {
        if (sid.n - i >= 3 && memcmp(sid.p + i, "e\xCC\x81", 3) == 0) {
            memcpy(out + length, "\xC3\xA9", 2);
            length += 2;
            i += 2;
        } else {
            out[length++] = sid.p[i];
        }
    }
    return length;
}

/* é is e, as some collations have it; no other letter is. */
static size_t fold_accents(struct sstore_str sid, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < sid.n; i++) {
        bool is_e = sid.n - i >= 2 && memcmp(sid.p + i, "\xC3\xA9", 2) == 0;

        out[length++] = is_e ? 'e' : sid.p[i];
        i += is_e;
    }
    return length;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

    return at ? (int)(at - digits) : -1;
}

static size_t fold_url(struct sstore_str sid, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < sid.n; i++) {
        char c = sid.p[i] == '+' ? ' ' : sid.p[i];

        if (c == '%' && sid.n - i > 2 && hex_digit(sid.p[i + 1]) >= 0 &&
            hex_digit(sid.p[i + 2]) >= 0) {
            c = (char)(hex_digit(sid.p[i + 1]) * 16 + hex_digit(sid.p[i + 2]));
            i += 2;
        }
        out[length++] = c;
    }
    return length;
}

/* ---- Paths -------------------------------------------------------------- */

static size_t fold_file_name(struct sstore_str sid, char *out)
{
    for (size_t i = sid.n; i > 0; i--) {
        if (sid.p[i - 1] == '/')
            return fold_prefix((struct sstore_str){ sid.p + i, sid.n - i }, out,
                               sid.n);
    }
    return fold_prefix(sid, out, sid.n);
}

/* `a//b`, `a/./b` and `a/c/../b` are a/b; `..` at the start goes nowhere. */
static size_t fold_path(struct sstore_str sid, char *out)
{
    size_t length = 0;

    for (size_t i = 0, end; i < sid.n; i = end + 1) {
        for (end = i; end < sid.n && sid.p[end] != '/';)
            end++;
        size_t size = end - i;
        if (size == 0 || (size == 1 && sid.p[i] == '.'))
            continue;
        if (size == 2 && memcmp(sid.p + i, "..", 2) == 0) {
            while (length && out[--length] != '/')
                continue;
            continue;
        }
        if (length)
            out[length++] = '/';
        memcpy(out + length, sid.p + i, size);
        length += size;
    }
    return length;
}

/* ---- Numbers ------------------------------------------------------------ */

/* The number that the id begins with, as a database with weak types reads
 * it. False where it begins with none. */
static bool number_of(struct sstore_str sid, double *number)
{
    char text[64], *end;
    size_t length = sid.n < sizeof text - 1 ? sid.n : sizeof text - 1;

    if (length == 0 || !(isdigit((unsigned char)*sid.p) || *sid.p == '-'))
        return false;
    memcpy(text, sid.p, length);
    text[length] = '\0';
    *number = strtod(text, &end);
    return end != text;
}

static bool same_number(struct sstore_str asked, struct sstore_str kept)
{
    double a, b;

    if (number_of(asked, &a) && number_of(kept, &b))
        return !(a < b) && !(a > b);
    return sid_is_same(asked, kept);
}

/* ---- Patterns ----------------------------------------------------------- */

static bool begins(struct sstore_str text, struct sstore_str prefix)
{
    return text.n >= prefix.n &&
           (prefix.n == 0 || memcmp(text.p, prefix.p, prefix.n) == 0);
}

static bool same_beginning(struct sstore_str asked, struct sstore_str kept)
{
    return begins(kept, asked);
}

static bool same_to_its_end(struct sstore_str asked, struct sstore_str kept)
{
    return begins(asked, kept);
}

/* `many` stands for any text, `one` for any byte. */
static bool matches(struct sstore_str pattern, struct sstore_str text,
                    char many, char one)
{
    size_t at = 0, in = 0, star = SIZE_MAX, resume = 0;

    while (in < text.n) {
        if (at < pattern.n && pattern.p[at] == many) {
            star = at++;
            resume = in;
        } else if (at < pattern.n &&
                   (pattern.p[at] == one || pattern.p[at] == text.p[in])) {
            at++;
            in++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            in = ++resume;
        } else {
            return false;
        }
    }
    while (at < pattern.n && pattern.p[at] == many)
        at++;
    return at == pattern.n;
}

static bool same_by_like(struct sstore_str asked, struct sstore_str kept)
{
    return matches(asked, kept, '%', '_');
}

static bool same_by_glob(struct sstore_str asked, struct sstore_str kept)
{
    return matches(asked, kept, '*', '?');
}

/* ---- Names that are there already --------------------------------------- */

static int get_member(const struct ask *ask)
{
    static const char *const members[] = { "__proto__", "constructor",
                                           "toString", NULL };
    struct kept member = { .sid = ask->sid,
                           .data = { "{}", 2 },
                           .cookie = { "{}", 2 } };

    for (const char *const *name = members; *name; name++) {
        if (sid_is_same(ask->sid,
                        (struct sstore_str){ *name, strlen(*name) }) &&
            !shelf_find(ask))
            return shelf_give(ask, &member);
    }
    return shelf_get(ask);
}

static int get_index(const struct ask *ask)
{
    struct kept index = { .sid = ask->sid,
                          .data = { "{\"count\":0}", 11 },
                          .cookie = { "{}", 2 } };

    if (sid_is_same(ask->sid, (struct sstore_str){ "sessions", 8 }) &&
        !shelf_find(ask))
        return shelf_give(ask, &index);
    return shelf_get(ask);
}

/* ---- Namespaces --------------------------------------------------------- */

/* Calls `op` for this shelf, and for those whose namespace begins as its. */
static int with_neighbours(const struct ask *ask, fault_op *op)
{
    size_t length = strlen(ask->shelf->name_space);
    struct ask next = *ask;
    int code = SSTORE_OK;

    for (next.shelf = shelf_of_all(); next.shelf && code >= 0;
         next.shelf = next.shelf->next) {
        if (strncmp(next.shelf->name_space, ask->shelf->name_space, length) ==
            0)
            code = op(&next);
    }
    return code;
}

static int clear_neighbours(const struct ask *ask)
{
    return with_neighbours(ask, shelf_clear);
}

static int all_of_neighbours(const struct ask *ask)
{
    return with_neighbours(ask, shelf_all);
}

static int length_of_neighbours(const struct ask *ask)
{
    uint64_t count = 0, here;
    size_t length = strlen(ask->shelf->name_space);
    struct ask next = *ask;

    next.count = &here;
    for (next.shelf = shelf_of_all(); next.shelf;
         next.shelf = next.shelf->next) {
        if (strncmp(next.shelf->name_space, ask->shelf->name_space, length) !=
            0)
            continue;
        shelf_length(&next);
        count += here;
    }
    *ask->count = count;
    return SSTORE_OK;
}

const struct fault faulty_ids[] = {
    { .is = { "namespace-is-ignored", "all namespaces are one" },
      .shares = true },
    { .is = { "namespace-ends-early-for-clear",
              "clear takes namespaces that begin as this one does" },
      .clear = clear_neighbours },
    { .is = { "namespace-ends-early-for-all",
              "all lists namespaces that begin as this one does" },
      .all = all_of_neighbours },
    { .is = { "namespace-ends-early-for-length",
              "length counts namespaces that begin as this one does" },
      .length = length_of_neighbours },
    { .is = { "id-case-is-ignored", "IDs that differ in case are one" },
      .fold = fold_case },
    { .is = { "id-foreign-case-is-ignored",
              "IDs that differ in the case of other than English letters are "
              "one" },
      .fold = fold_foreign_case },
    { .is = { "id-trailing-blanks-are-ignored",
              "IDs that differ in blanks at their end are one" },
      .fold = fold_trailing_blanks },
    { .is = { "id-controls-are-ignored",
              "tabs and line ends in IDs are dropped" },
      .fold = fold_line_ends },
    { .is = { "id-is-cut-at-128", "only 128 bytes of an ID count" },
      .fold = fold_cut_at_128 },
    { .is = { "id-is-cut-at-250", "only 250 bytes of an ID count" },
      .fold = fold_cut_at_250 },
    { .is = { "id-is-cut-at-a-colon", "an ID ends at its first colon" },
      .fold = fold_from_colon },
    { .is = { "id-quotes-are-dropped", "quotes in IDs are dropped" },
      .fold = fold_quotes },
    { .is = { "id-is-made-safe",
              "all but letters, digits and - in IDs become _" },
      .fold = fold_safe },
    { .is = { "id-is-ascii", "other than ASCII characters in IDs become ?" },
      .fold = fold_to_ascii },
    { .is = { "id-is-ucs-2", "characters beyond U+FFFF in IDs become ?" },
      .fold = fold_to_ucs2 },
    { .is = { "id-is-composed", "e with a combining accent and é are one" },
      .fold = fold_composed },
    { .is = { "id-accents-are-ignored", "e and é are one" },
      .fold = fold_accents },
    { .is = { "id-is-url-decoded", "%41 in an ID is A, + is a blank" },
      .fold = fold_url },
    { .is = { "id-is-a-file-name",
              "only what is behind an ID's last / counts" },
      .fold = fold_file_name },
    { .is = { "id-is-a-path", "a/../b and b are one" }, .fold = fold_path },
    { .is = { "id-is-a-number", "IDs that begin with the same number are one" },
      .same = same_number },
    { .is = { "id-is-a-beginning",
              "an ID finds a session whose ID begins with it" },
      .same = same_beginning },
    { .is = { "id-may-go-on", "an ID finds a session whose ID it begins with" },
      .same = same_to_its_end },
    { .is = { "id-is-a-like-pattern", "% and _ in an ID stand for any text" },
      .same = same_by_like },
    { .is = { "id-is-a-glob", "* and ? in an ID stand for any text" },
      .same = same_by_glob },
    { .is = { "id-of-a-member-is-found",
              "__proto__ and constructor are sessions" },
      .get = get_member },
    { .is = { "id-of-the-index-is-found",
              "the store's own index is a session" },
      .get = get_index },
    { .is = { NULL, NULL } },
};
