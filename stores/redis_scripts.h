/* redis_scripts.h: what the store `redis` has done on the server, in Lua
 *
 * A script is one atomic step. It answers how many sessions it found fit for
 * it. KEYS[1] is the session's.
 */
#ifndef STORES_REDIS_SCRIPTS_H
#define STORES_REDIS_SCRIPTS_H

/* Lua's numbers are exact up to 2^53. That is further than a Date goes, and
 * what never expires is told by its text. number() gives nil for what no set
 * wrote. */
#define LUA_IS_LIVE                                                            \
    "local function number(text) "                                             \
    "  local value = type(text) == 'string' "                                  \
    "    and string.match(text, '^%-?%d+$') and tonumber(text) "               \
    "  return value and math.abs(value) <= 2^63 and value or nil "             \
    "end "                                                                     \
    "local function is_live(expires, now) "                                    \
    "  return expires == '9223372036854775807' "                               \
    "    or number(expires) > tonumber(now) "                                  \
    "end "

#define LUA_KEEP                                                               \
    "local function keep(seconds) "                                            \
    "  if seconds == '0' then redis.call('PERSIST', KEYS[1]) "                 \
    "  else redis.call('EXPIRE', KEYS[1], seconds) end "                       \
    "end "

/* The expiry of a live session; where there is none, or one that cannot be
 * read, the script ends. */
#define LUA_LIVE_ONLY(now)                                                     \
    LUA_IS_LIVE                                                                \
    "local expires = redis.pcall('HGET', KEYS[1], 'expires') "                 \
    "if type(expires) == 'table' then return expires end "                     \
    "if not expires then return 0 end "                                        \
    "if not number(expires) then "                                             \
    "  return redis.error_reply('WRONGTYPE expires is no number') end "        \
    "if not is_live(expires, " now ") then return 0 end "

/* clang-format off */
#define SCRIPTS(X)                                                             \
    /* ARGV: data, cookie, expires, keep */                                    \
    X(SET, LUA_KEEP                                                            \
      "local kind = redis.call('TYPE', KEYS[1]).ok "                           \
      "if kind ~= 'hash' and kind ~= 'none' then "                             \
      "  redis.call('DEL', KEYS[1]) end "                                      \
      "redis.call('HSET', KEYS[1], 'data', ARGV[1], 'cookie', ARGV[2], "       \
      "  'expires', ARGV[3]) "                                                 \
      "keep(ARGV[4]) "                                                         \
      "return 1")                                                              \
    /* ARGV: cookie, expires, keep, now */                                     \
    X(TOUCH, LUA_KEEP LUA_LIVE_ONLY("ARGV[4]")                                 \
      "redis.call('HSET', KEYS[1], 'cookie', ARGV[1], 'expires', ARGV[2]) "    \
      "keep(ARGV[3]) "                                                         \
      "return 1")                                                              \
    /* KEYS: any number; ARGV: now */                                          \
    X(REAP, LUA_IS_LIVE                                                        \
      "local count = 0 "                                                       \
      "for _, key in ipairs(KEYS) do "                                         \
      "  local expires = redis.pcall('HGET', key, 'expires') "                 \
      "  if number(expires) "                  \
      "      and not is_live(expires, ARGV[1]) then "                          \
      "    count = count + redis.call('DEL', key) end "                        \
      "end "                                                                   \
      "return count")                                                          \
    /* The same: how many all() would give. */                                 \
    X(LENGTH, LUA_IS_LIVE                                                      \
      "local count = 0 "                                                       \
      "for _, key in ipairs(KEYS) do "                                         \
      "  local f = redis.pcall('HMGET', key, 'expires', 'data', 'cookie') "    \
      "  if f[2] and f[3] and number(f[1]) "                        \
      "      and is_live(f[1], ARGV[1]) then "                                 \
      "    count = count + 1 end "                                             \
      "end "                                                                   \
      "return count")                                                          \
    /* ARGV: now */                                                            \
    X(SPOIL, LUA_LIVE_ONLY("ARGV[1]")                                          \
      "redis.call('HSET', KEYS[1], 'expires', 'spoilt') "                      \
      "return 1")
/* clang-format on */

enum script {
#define X(name, text) SCRIPT_##name,
    SCRIPTS(X)
#undef X
        SCRIPT_COUNT
};

#endif
