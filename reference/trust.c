/* trust.c: does Express's `trust proxy` cover the client? */
#include "trust.h"

#include "must.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

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
        return trust_text(json_string_value(setting), trusts, error);
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

/* Also as one decimal number. */
static bool parse_ipv4(const char *text, struct in_addr *address)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long long number;

    if (digits == 0 || digits > 10 || text[digits] != '\0')
        return inet_pton(AF_INET, text, address) == 1;
    number = strtoull(text, NULL, 10);
    address->s_addr = htonl((uint32_t)number);
    return number <= UINT32_MAX;
}

static bool parse_address(const char *text, struct subnet *subnet)
{
    struct in_addr ipv4;

    if (inet_pton(AF_INET6, text, &subnet->address) == 1)
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

static int trust_one(const char *entry, bool *trusts, struct js_error *error)
{
    struct subnet subnet;
    char *text;
    bool good;

    if (strcmp(entry, "loopback") == 0)
        *trusts = true;
    if (strcmp(entry, "loopback") == 0 || strcmp(entry, "linklocal") == 0 ||
        strcmp(entry, "uniquelocal") == 0)
        return 0;
    text = must_have(strdup(entry));
    good = parse_subnet(text, &subnet);
    free(text);
    if (!good)
        return js_throw(error, "TypeError", "invalid IP address: %s", entry);
    *trusts = *trusts || covers_client(&subnet);
    return 0;
}

static int trust_list(const json_t *list, bool *trusts, struct js_error *error)
{
    size_t index;
    json_t *entry;

    json_array_foreach((json_t *)list, index, entry)
    {
        if (!json_is_string(entry))
            return js_throw(error, "TypeError",
                            "`trust proxy` lists what is no text");
        if (trust_one(json_string_value(entry), trusts, error))
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
