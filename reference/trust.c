/* trust.c: does Express's `trust proxy` cover the client? */
#include "trust.h"

#include "must.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* IPv4 addresses are kept as IPv6 has them, mapped. */
struct subnet {
    struct in6_addr address;
    bool is_ipv4;
    unsigned range; /* how many bits count */
};

static int trust_text(const char *text, bool *trusts, struct js_error *error);
static int trust_list(const json_t *list, bool *trusts, struct js_error *error);

int trust_parse(const json_t *setting, bool *trusts, struct js_error *error)
{
    *trusts = false;
    if (json_is_number(setting))
        *trusts = js_number(setting) > 0; /* hops */
    else if (json_is_string(setting))
        return strlen(json_string_value(setting)) == json_string_length(setting)
                   ? trust_text(json_string_value(setting), trusts, error)
                   : js_throw(error, "TypeError", "invalid IP address");
    else if (json_is_array(setting))
        return trust_list(setting, trusts, error);
    else if (json_is_object(setting))
        return js_throw(error, "TypeError", "unsupported trust argument");
    else
        *trusts = json_is_true(setting);
    return 0;
}

/* ---- Addresses --------------------------------------------------------- */

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const struct in6_addr *address)
{
    return memcmp(address->s6_addr, mapped, sizeof mapped) == 0;
}

static struct in6_addr map(struct in_addr address)
{
    struct in6_addr whole = { 0 };

    memcpy(whole.s6_addr, mapped, sizeof mapped);
    memcpy(whole.s6_addr + sizeof mapped, &address, sizeof address);
    return whole;
}

/* Takes a number as C writes it: decimal, 0177 or 0x7f. Of what looks octal,
 * the digits up to the first that is not; of 0X7F, nothing. */
static bool take_number(const char **at, unsigned long long *number)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    bool is_hex = strncasecmp(*at, "0x", 2) == 0 && strspn(*at + 2, digits) > 0;
    size_t length =
        is_hex ? 2 + strspn(*at + 2, digits) : strspn(*at, "0123456789");
    int base = **at != '0' ? 10 : is_hex && (*at)[1] == 'x' ? 16 : 8;

    *number = strtoull(*at, NULL, base);
    *at += length;
    return length > 0;
}

/* Four numbers with dots between, or one for all of it. */
static bool parse_ipv4(const char *text, struct in_addr *address)
{
    unsigned long long number, whole = 0;

    for (unsigned count = 1; count <= 4; count++) {
        if (!take_number(&text, &number))
            return false;
        whole = whole << 8 | number;
        if (count == 1 && *text == '\0')
            break;
        if (number > 0xff || (count < 4 && *text++ != '.'))
            return false;
    }
    address->s_addr = htonl((uint32_t)whole);
    return *text == '\0' && whole <= UINT32_MAX;
}

/* With or without a zone, which says nothing of where it is. Cuts it off. */
static bool parse_ipv6(char *text, struct in6_addr *address)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char *zone = strchr(text, '%');

    if (zone && (zone[1] == '\0' || zone[1 + strspn(zone + 1, letters)]))
        return false;
    if (zone)
        *zone = '\0';
    return inet_pton(AF_INET6, text, address) == 1;
}

static bool parse_address(char *text, struct subnet *subnet)
{
    struct in_addr ipv4;

    if (parse_ipv6(text, &subnet->address))
        return true;
    subnet->is_ipv4 = parse_ipv4(text, &ipv4);
    if (subnet->is_ipv4)
        subnet->address = map(ipv4);
    return subnet->is_ipv4;
}

/* The number of ones at the beginning; 0 where that is not all of them. */
static unsigned mask_range(const char *text)
{
    struct in_addr mask;
    uint32_t bits;
    unsigned range = 0;

    if (!parse_ipv4(text, &mask))
        return 0;
    for (bits = ntohl(mask.s_addr); bits & UINT32_C(0x80000000); bits <<= 1)
        range++;
    return bits == 0 ? range : 0;
}

/* 0 where it is none. */
static unsigned parse_range(const char *text, const struct subnet *subnet)
{
    unsigned most = subnet->is_ipv4 ? 32 : 128;
    unsigned long range;

    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return subnet->is_ipv4 ? mask_range(text) : 0;
    range = strtoul(text, NULL, 10);
    return range <= most ? (unsigned)range : 0;
}

/* ADDRESS, ADDRESS/BITS or ADDRESS/MASK. Cuts the text in place. */
static bool parse_subnet(char *text, struct subnet *subnet)
{
    char *slash = strrchr(text, '/');

    memset(subnet, 0, sizeof *subnet);
    if (slash)
        *slash = '\0';
    if (!parse_address(text, subnet))
        return false;
    if (!slash)
        subnet->is_ipv4 = is_mapped(&subnet->address);
    subnet->range = slash             ? parse_range(slash + 1, subnet)
                    : subnet->is_ipv4 ? 32
                                      : 128;
    return subnet->range > 0;
}

/* Of IPv6 subnets those alone hold an IPv4 address that lie within the mapped
 * ones. */
static bool covers_client(const struct subnet *subnet)
{
    const struct in6_addr client =
        map((struct in_addr){ .s_addr = htonl(INADDR_LOOPBACK) });
    unsigned range = subnet->range + (subnet->is_ipv4 ? 96 : 0);
    unsigned whole = range / 8, rest = 8 - range % 8;
    const unsigned char *bytes = subnet->address.s6_addr;

    if (range < 96 || memcmp(bytes, client.s6_addr, whole) != 0)
        return false;
    return rest == 8 || bytes[whole] >> rest == client.s6_addr[whole] >> rest;
}

/* ---- The setting's forms ----------------------------------------------- */

static bool is_range_name(const char *text)
{
    return strcmp(text, "loopback") == 0 || strcmp(text, "linklocal") == 0 ||
           strcmp(text, "uniquelocal") == 0;
}

static int trust_one(const char *entry, bool *trusts, struct js_error *error)
{
    struct subnet subnet;
    char *text;
    bool good;

    if (is_range_name(entry)) {
        *trusts = *trusts || strcmp(entry, "loopback") == 0;
        return 0;
    }
    text = must_have(strdup(entry));
    good = parse_subnet(text, &subnet);
    free(text);
    if (!good)
        return js_throw(error, "TypeError", "invalid IP address: %s", entry);
    *trusts = *trusts || covers_client(&subnet);
    return 0;
}

/* A list in the list may name a range: it is looked up by its text. */
static int trust_entry(const json_t *entry, bool *trusts,
                       struct js_error *error)
{
    json_t *text = js_string(entry);
    const char *bytes = json_string_value(text);
    int rc;

    if (strlen(bytes) == json_string_length(text) &&
        (json_is_string(entry) || is_range_name(bytes)))
        rc = trust_one(bytes, trusts, error);
    else
        rc = js_throw(error, "TypeError", "invalid IP address: %s", bytes);
    json_decref(text);
    return rc;
}

static int trust_list(const json_t *list, bool *trusts, struct js_error *error)
{
    size_t index;
    json_t *entry;

    json_array_foreach((json_t *)list, index, entry)
    {
        if (trust_entry(entry, trusts, error))
            return -1;
    }
    return 0;
}

/* Entries with commas in between, and blanks around them. */
static int trust_text(const char *text, bool *trusts, struct js_error *error)
{
    static const char blanks[] = " \t\n\v\f\r";
    int rc = 0;

    for (bool more = true; more && rc == 0;) {
        size_t length = strcspn(text, ","), from = strspn(text, blanks);
        size_t to = length;
        char *entry;

        while (to > from && strchr(blanks, text[to - 1]))
            to--;
        entry = must_have(strndup(text + from, to > from ? to - from : 0));
        rc = trust_one(entry, trusts, error);
        free(entry);
        more = text[length] == ',';
        text += length + 1;
    }
    return rc;
}
