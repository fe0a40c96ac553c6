"""Calls, credits and claims in Redis, exact across threads, processes and machines.

Every operation is one script or one command, so it is atomic. The caller's clock decides, never the server's: machines
that share a ledger should have their clocks set by NTP, as pace and leases are off by as much as the clocks are.

Redis must not lose the ledger, because what was spent would be forgotten with it: `appendonly yes`, and a
`maxmemory-policy` of `noeviction` or `volatile-*` (the ledger's own keys never expire). `RedisLedger.warning` says
where a server is not set up like that.
"""

import math
import uuid

from tradestat_tools.upstream.plan import MILLI, REMEMBERED, Plan, milli
from tradestat_tools.upstream.redis.server import Argument, RedisServer
from tradestat_tools.upstream.store import (
    AHEAD,
    EPSILON,
    FAILURE_SHOWN,
    FAILURE_UNTIL,
    KEPT,
    LONGEST_ABSENCE,
    Claim,
    Denial,
    Grant,
    StoreUnavailable,
)

VERSION = 1
"""Raised whenever the meaning of a key changes."""

SKEW = 60.0
"""Seconds for which a lapsed claim is left in place, for callers whose clock is behind."""

# Begins every script that works on calls. Times are text wherever they leave a script: Redis cuts numbers to integers.
CALLS = """
local at, open, credits = KEYS[1], KEYS[2], KEYS[3]  -- calls by their time, unsent ones by their lapse, thousandths
local dates = KEYS[5]  -- what calls count by besides their time, as 'id date'

local function text(number)
    return string.format('%.17g', number)
end

local function drop(ids)
    for _, id in ipairs(ids) do
        redis.call('ZREM', at, id)
        redis.call('ZREM', open, id)
        redis.call('HDEL', credits, id)
    end
end

-- The calls that have a date in a span, by their ids.
local function dated(from, to)
    local found = {}
    for _, one in ipairs(redis.call('ZRANGEBYSCORE', dates, from, to)) do
        found[string.match(one, '^%S+')] = true
    end
    return found
end

-- Reservations whose holder died before sending, and calls older than any period (those that were dated back count by
-- their other dates, unless these are still ahead of the clock).
local function forget(now, oldest, kept, slack)
    drop(redis.call('ZRANGEBYSCORE', open, '-inf', now))
    local old = redis.call('ZRANGEBYSCORE', at, '-inf', '(' .. oldest)
    if #old == 0 then
        return
    end
    local till = text(tonumber(now) + tonumber(slack))
    local counts, ahead, spare = dated(oldest, till), dated('(' .. till, '+inf'), redis.call('ZCARD', at) - kept
    local gone = {}
    for i, id in ipairs(old) do
        if not counts[id] and (ahead[id] or i <= spare) then
            gone[#gone + 1] = id
        end
    end
    drop(gone)
    for _, one in ipairs(redis.call('ZRANGE', dates, 0, -1)) do
        if not redis.call('ZSCORE', at, string.match(one, '^%S+')) then
            redis.call('ZREM', dates, one)
        end
    end
end

local function used(now, opens, ends)
    local sum, ids = 0, redis.call('ZRANGEBYSCORE', at, opens, '+inf')
    for i = 1, #ids, 1000 do  -- many at once is faster, and Lua passes some thousand at most
        for _, price in ipairs(redis.call('HMGET', credits, unpack(ids, i, math.min(i + 999, #ids)))) do
            sum = sum + price
        end
    end
    for id in pairs(dated(opens, ends)) do
        local moment, lapses = redis.call('ZSCORE', at, id), redis.call('ZSCORE', open, id)
        if moment and tonumber(moment) < tonumber(opens) and not (lapses and tonumber(lapses) <= tonumber(now)) then
            sum = sum + redis.call('HGET', credits, id)
        end
    end
    return sum
end

-- The oldest call that counts.
local function first(opens, ends)
    local date = redis.call('ZRANGEBYSCORE', dates, opens, ends, 'WITHSCORES', 'LIMIT', 0, 1)[2]
    local found = redis.call('ZRANGEBYSCORE', at, opens, '+inf', 'WITHSCORES')
    for i = 1, #found, 2 do
        if tonumber(redis.call('HGET', credits, found[i])) > 0 then
            return date and tonumber(date) < tonumber(found[i + 1]) and date or found[i + 1]
        end
    end
    return date or opens
end
"""

RESERVE = """
local away = KEYS[4]  -- until when the service said to stay away
local clock = KEYS[6]  -- when the last reservation was made, the furthest date from before it was set back, and when
local id, now, oldest, latest, lease, price = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local limit, opens, ends, epsilon = ARGV[7], ARGV[8], ARGV[9], tonumber(ARGV[10])  -- no limit: empty
local slack, remembered, absence, kept = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])

-- Date back what is ahead of the clock, where that was set back.
local moment, known = tonumber(now), redis.call('HMGET', clock, 'seen', 'furthest', 'back')
local seen, furthest, back = tonumber(known[1] or now), tonumber(known[2] or now), tonumber(known[3] or now)
if moment < seen - slack then
    local ahead = redis.call('ZRANGEBYSCORE', at, '(' .. now, '+inf', 'WITHSCORES')
    for i = 1, #ahead, 2 do
        redis.call('ZADD', dates, ahead[i + 1], ahead[i] .. ' ' .. ahead[i + 1])
        redis.call('ZADD', at, now, ahead[i])
        local lapses = redis.call('ZSCORE', open, ahead[i])
        if lapses then
            redis.call('ZADD', open, text(tonumber(lapses) - tonumber(ahead[i + 1]) + moment), ahead[i])
        end
    end
    furthest, back = math.max(furthest, seen), moment
end
if furthest <= moment + slack or moment > back + remembered then
    furthest, back = moment, moment
end
redis.call('HSET', clock, 'seen', now, 'furthest', text(furthest), 'back', text(back))

forget(now, oldest, kept, slack)
local told = redis.call('GET', away)
if told and tonumber(told) > moment + absence then
    told = text(moment + absence)
    redis.call('SET', away, told)
end
local start = math.max(moment, tonumber(told or now))
if start > latest then
    return {'stay away', text(start)}
end
if limit ~= '' and used(now, opens, ends) + tonumber(price) > tonumber(limit) then
    return {'budget', first(opens, ends)}
end
for i = 15, #ARGV, 2 do
    -- The call that must have left the window before this one may go.
    local place = tonumber(ARGV[i]) - 1
    local before = redis.call('ZREVRANGE', at, place, place, 'WITHSCORES')
    if before[2] then
        start = math.max(start, tonumber(before[2]) + tonumber(ARGV[i + 1]) + epsilon)
    end
end
if start > latest then
    return {'pace', text(start)}
end
redis.call('ZADD', at, text(start), id)
redis.call('ZADD', open, text(start + tonumber(lease)), id)
redis.call('HSET', credits, id, price)
if furthest > moment then
    redis.call('ZADD', dates, text(furthest), id .. ' ' .. text(furthest))
end
return {'granted', text(start)}
"""

USED = """
local now, opens = ARGV[1], tonumber(ARGV[2])
local sum = used(now, ARGV[2], ARGV[3])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', open, '-inf', now)) do  -- lapsed, and removed by the next reservation
    if tonumber(redis.call('ZSCORE', at, id)) >= opens then
        sum = sum - redis.call('HGET', credits, id)
    end
end
return text(sum)
"""

SENT = """
if redis.call('HEXISTS', credits, ARGV[1]) == 0 then
    return 0
end
redis.call('ZREM', open, ARGV[1])
return 1
"""

SETTLE = """
if redis.call('HEXISTS', credits, ARGV[1]) == 1 then
    redis.call('HSET', credits, ARGV[1], ARGV[2])
    redis.call('ZREM', open, ARGV[1])
end
"""

REFUND = "drop({ARGV[1]})"

STAY_AWAY = """
if tonumber(ARGV[1]) > tonumber(redis.call('GET', KEYS[1]) or '-inf') then
    redis.call('SET', KEYS[1], ARGV[1])
end
"""

CLAIM = """
local held = redis.call('HMGET', KEYS[1], 'owner', 'lapses', 'failure')
if held[1] and tonumber(held[2]) > tonumber(ARGV[2]) and not held[3] then
    if tonumber(held[2]) > tonumber(ARGV[3]) then  -- by a clock that was ahead
        redis.call('HSET', KEYS[1], 'lapses', ARGV[3])
    end
    return held[1]
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'lapses', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return ARGV[1]
"""

RENEW = """
local held = redis.call('HMGET', KEYS[1], 'owner', 'failure')
if held[1] == ARGV[1] and not held[2] then
    redis.call('HSET', KEYS[1], 'lapses', ARGV[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
"""

RELEASE = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then
    return
end
if #ARGV == 1 then
    redis.call('DEL', KEYS[1])
else
    redis.call('HSET', KEYS[1], 'failure', ARGV[2], 'lapses', ARGV[3])
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
"""


class RedisLedger:
    """Six keys an account and one a claim. See `Ledger`; every method raises `StoreUnavailable`.

    Args:
        url: of the server; see `RedisServer`.
        prefix: begins every key.
    """

    def __init__(self, url: str, *, prefix: str = "tradestat:") -> None:
        self._server = RedisServer(url, text=True)
        self._prefix = f"{prefix}ledger:{VERSION}:"
        self._reserve = self._server.script(CALLS + RESERVE)
        self._used = self._server.script(CALLS + USED)
        self._sent = self._server.script(CALLS + SENT)
        self._settle = self._server.script(CALLS + SETTLE)
        self._refund = self._server.script(CALLS + REFUND)
        self._stay_away = self._server.script(STAY_AWAY)
        self._claim = self._server.script(CLAIM)
        self._renew = self._server.script(RENEW)
        self._release = self._server.script(RELEASE)

    local = False

    @property
    def warning(self) -> str | None:
        """Why this server may lose the ledger, or can not be used, if so."""
        try:
            facts = self._server.facts()
        except StoreUnavailable as error:
            return str(error)
        if facts.get("maxmemory") and str(facts.get("maxmemory_policy")).startswith("allkeys"):
            return (
                f"Redis at {self._server.place} may evict the count of calls when its memory is full; "
                "set maxmemory-policy to volatile-lru."
            )
        if not facts.get("aof_enabled"):
            return f"Redis at {self._server.place} forgets calls when it is restarted; set appendonly to yes."
        return None

    def reserve(
        self, account: str, plan: Plan, credits: float, *, now: float, latest: float, lease: float
    ) -> Grant | Denial:
        name = f"{uuid.uuid4().hex}.{account}"
        limit = milli(plan.budget.credits) if plan.budget else ""
        price, (opens, ends) = milli(credits), plan.period(now)
        arguments: list[Argument] = [name, now, now - REMEMBERED, latest, lease, price, limit, opens, ends]
        arguments += [EPSILON, AHEAD, REMEMBERED, LONGEST_ABSENCE, KEPT]
        for window in plan.windows:
            arguments += [window.calls, window.seconds]
        outcome, moment = self._reserve(self._keys(account), arguments)
        if outcome == "granted":
            return Grant(name, float(moment))
        if outcome == "budget" and plan.budget is not None:
            return Denial("budget", plan.budget.frees(now, float(moment)))
        return Denial(outcome, float(moment))

    def mark_sent(self, grant: Grant) -> bool:
        return self._sent(self._keys(_account(grant)), [grant.id]) == 1

    def settle(self, grant: Grant, credits: float) -> None:
        self._settle(self._keys(_account(grant)), [grant.id, milli(credits)])

    def refund(self, grant: Grant) -> None:
        self._refund(self._keys(_account(grant)), [grant.id])

    def stay_away(self, account: str, until: float) -> None:
        self._stay_away([self._keys(account)[3]], [until])

    def used(self, account: str, plan: Plan, now: float) -> float:
        return int(self._used(self._keys(account), [now, *plan.period(now)])) / MILLI

    def version(self) -> object:
        return None

    def claim(self, key: str, owner: str, *, now: float, lease: float) -> Claim:
        holder = self._claim([self._claim_key(key)], [owner, now, now + lease, _lives(lease)])
        return Claim(ours=holder == owner, owner=holder)

    def renew(self, key: str, owner: str, *, now: float, lease: float) -> None:
        self._renew([self._claim_key(key)], [owner, now + lease, _lives(lease)])

    def look(self, key: str, now: float) -> Claim | None:
        owner, lapses, failure = self._server.command("HMGET", self._claim_key(key), "owner", "lapses", "failure")
        if owner is None or float(lapses) <= now or (failure is not None and float(lapses) > now + FAILURE_UNTIL):
            return None
        return Claim(ours=False, owner=owner, failure=failure)

    def release(self, key: str, owner: str, *, now: float, failure: str | None = None) -> None:
        left = [] if failure is None else [failure, now + FAILURE_SHOWN, _lives(FAILURE_SHOWN)]
        self._release([self._claim_key(key)], [owner, *left])

    def close(self) -> None:
        self._server.close()

    def _keys(self, account: str) -> list[str]:
        """An account's keys; the braces keep them on one node of a cluster."""
        return [f"{self._prefix}{{{account}}}:{part}" for part in ("at", "open", "credits", "told", "dates", "clock")]

    def _claim_key(self, key: str) -> str:
        return f"{self._prefix}claim:{key}"


def _account(grant: Grant) -> str:
    return grant.id.partition(".")[2]


def _lives(seconds: float) -> int:
    """Milliseconds after which Redis itself removes a claim, long after it has lapsed by the callers' clocks."""
    return math.ceil((seconds + SKEW) * 1000)
