import type { RedisClient } from './packages';

/**
 * What Redis does at once. A request is a hash; `entering` are those of which MISP was not told yet; a line has the
 * requests of one event in order, and its first one alone is a job of BullMQ.
 *
 * Redis without memory refuses a script before it has written anything, but for what frees memory: scripts that take
 * something out begin with that.
 */
const SCRIPTS = {
  /** Request, entering, totals, lanes, line, gone; key, most, most bytes, size, lane, in order, fields. */
  mispPut: {
    numberOfKeys: 6,
    lua: `
if redis.call('EXISTS', KEYS[6]) == 1 then return {-1, 0} end
local totals = redis.call('HMGET', KEYS[3], 'count', 'bytes')
local count, bytes = tonumber(totals[1]) or 0, tonumber(totals[2]) or 0
if count >= tonumber(ARGV[2]) or bytes + tonumber(ARGV[4]) > tonumber(ARGV[3]) then return {count, bytes} end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], unpack(ARGV, 7))
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
redis.call('HINCRBY', KEYS[3], 'count', 1)
redis.call('HINCRBY', KEYS[3], 'bytes', ARGV[4])
redis.call('SADD', KEYS[4], ARGV[5])
if ARGV[6] == '1' then redis.call('RPUSH', KEYS[5], ARGV[1]) end
return {-2, 0}`,
  },
  /** Request, entering, line; key, in order. Answers 1 if it is to be a job now. */
  mispConfirm: {
    numberOfKeys: 3,
    lua: `
if redis.call('EXISTS', KEYS[1]) == 0 or
  (ARGV[2] == '1' and redis.call('LINDEX', KEYS[3], 0) ~= ARGV[1]) then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return 0
end
return 1`,
  },
  /** Request; the fields. Counts that it is given out. */
  mispTake: {
    numberOfKeys: 1,
    lua: `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return redis.call('HMGET', KEYS[1], unpack(ARGV))`,
  },
  /** Request, entering, totals, line, gone; key, in order, what. Answers which one of its line is to be a job now. */
  mispLeave: {
    numberOfKeys: 5,
    lua: `
if ARGV[3] ~= 'aside' then
  local size = redis.call('HGET', KEYS[1], 'size')
  if redis.call('DEL', KEYS[1]) == 1 then
    redis.call('HINCRBY', KEYS[3], 'count', -1)
    redis.call('HINCRBY', KEYS[3], 'bytes', -(tonumber(size) or 0))
  end
end
redis.call('ZREM', KEYS[2], ARGV[1])
local next = false
if ARGV[2] == '1' then
  redis.call('LREM', KEYS[4], 1, ARGV[1])
  next = redis.call('LINDEX', KEYS[4], 0)
  if next and redis.call('ZSCORE', KEYS[2], next) then next = false end
end
if ARGV[3] == 'refused' then redis.call('SET', KEYS[5], 1, 'EX', 3600) end
return next`,
  },
  /** Request, entering, line; key, in order, owner. What was put aside comes in again, behind the others. */
  mispReenter: {
    numberOfKeys: 3,
    lua: `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'owner', ARGV[3])
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
if ARGV[2] == '1' then
  redis.call('LREM', KEYS[3], 1, ARGV[1])
  redis.call('RPUSH', KEYS[3], ARGV[1])
end
return 1`,
  },
  /**
   * Entering; age in milliseconds, how the keys of requests and of living processes begin, owner. Those of processes that
   * are gone; they have this owner now, and may run for the second time.
   */
  mispLost: {
    numberOfKeys: 1,
    lua: `
local time = redis.call('TIME')
local before = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
local lost = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', before, 'LIMIT', 0, 500)) do
  local about = redis.call('HMGET', ARGV[2] .. key, 'owner', 'lane', 'event')
  if not about[1] or redis.call('EXISTS', ARGV[3] .. about[1]) == 0 then
    if about[1] then
      redis.call('HSET', ARGV[2] .. key, 'owner', ARGV[4])
      redis.call('HINCRBY', ARGV[2] .. key, 'attempts', 1)
    end
    table.insert(lost, key)
    table.insert(lost, about[2] or '')
    table.insert(lost, about[3] or '')
  end
end
return lost`,
  },
  /** Set; the version that is known, most records, most bytes. Answers 0 instead of the records if there are more. */
  mispLoad: {
    numberOfKeys: 1,
    lua: `
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version == ARGV[1] then return {version} end
local fields = redis.call('HKEYS', KEYS[1])
local bytes = 0
if #fields > tonumber(ARGV[2]) + 1 then return {version, 0} end
for _, field in ipairs(fields) do bytes = bytes + #field + redis.call('HSTRLEN', KEYS[1], field) end
if bytes > tonumber(ARGV[3]) then return {version, 0} end
return {version, redis.call('HGETALL', KEYS[1])}`,
  },
  /** Set; the version that it must have, the one that it gets, how many are deleted, those, and what is set. */
  mispCommit: {
    numberOfKeys: 1,
    lua: `
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
local gone = tonumber(ARGV[3])
for at = 4, 3 + gone do redis.call('HDEL', KEYS[1], ARGV[at]) end
redis.call('HSET', KEYS[1], 'version', ARGV[2])
for at = 4 + gone, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1`,
  },
} as const;

/** A client that knows the scripts. */
export interface ScriptedClient extends RedisClient {
  mispPut(...args: (string | number | Buffer)[]): Promise<[count: number, bytes: number]>;
  mispConfirm(request: string, entering: string, line: string, key: string, inOrder: Flag): Promise<number>;
  mispTakeBuffer(request: string, ...fields: string[]): Promise<(Buffer | null)[] | null>;
  mispLeave(...args: string[]): Promise<string | null>;
  mispReenter(...args: string[]): Promise<number>;
  mispLost(entering: string, ageMs: number, ...rest: string[]): Promise<string[]>;
  mispLoad(
    ...asked: [set: string, version: string, records: number, bytes: number]
  ): Promise<[version: string, fields?: string[] | 0]>;
  mispCommit(...args: string[]): Promise<number>;
}

export type Flag = '0' | '1';

/** Teaches a client the scripts of requests and records. */
export const scripted = (client: RedisClient): ScriptedClient => taught(client, SCRIPTS);

/** Teaches a client scripts, which are commands of it then. */
export function taught<Taught extends RedisClient>(
  client: RedisClient,
  scripts: Readonly<Record<string, { numberOfKeys: number; lua: string }>>,
): Taught {
  for (const [name, script] of Object.entries(scripts)) client.defineCommand(name, script);
  return client as Taught;
}
