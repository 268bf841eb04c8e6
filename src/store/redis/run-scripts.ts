import type { RedisClient } from './packages';
import { taught } from './scripts';

/** What a run takes up in Redis besides its texts, as measured, in bytes. */
const BESIDES = 1200;

/** A row that is longer is none of ours, in bytes. */
const MOST_ROW = 256 * 1024;

/** How long it is known that a run was forgotten, to processes that have not heard of it, in milliseconds. */
const FORGOTTEN_MS = 24 * 60 * 60_000;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** What takes runs out: that frees memory, so that Redis does it when it has none left. */
const DROP = `
local totals = redis.call('HMGET', KEYS[3], 'bytes', 'inputBytes')
local bytes, inputBytes = tonumber(totals[1]) or 0, tonumber(totals[2]) or 0
local function drop(run)
  local key = ARGV[1] .. run
  local sizes = redis.pcall('HMGET', key, 'size', 'inputSize')
  redis.call('DEL', key)
  redis.call('ZREM', KEYS[2], run)
  bytes = bytes - (tonumber(sizes[1]) or 0) - (tonumber(sizes[2]) or 0)
  inputBytes = inputBytes - (tonumber(sizes[2]) or 0)
  return redis.call('ZREM', KEYS[1], run)
end
local function save()
  if redis.call('ZCARD', KEYS[1]) == 0 then bytes, inputBytes = 0, 0 end
  redis.call('HSET', KEYS[3], 'bytes', string.format('%.0f', math.max(0, bytes)),
    'inputBytes', string.format('%.0f', math.max(0, inputBytes)))
  redis.call('HINCRBY', KEYS[3], 'changes', 1)
end`;

/**
 * What Redis does at once with recorded runs. A run is a hash; the index has all in the order of their times, and
 * `inputs` those with what they began with. The totals: their bytes, how often something has changed, and how often all
 * were forgotten. Each works on a bounded number of runs, so that others need not wait.
 */
const SCRIPTS = {
  /** Index, inputs, totals, forgotten; how keys of runs begin, times that all were forgotten, owner, and of each run 12. */
  mispRunRecord: {
    numberOfKeys: 4,
    lua: `
local totals = redis.call('HMGET', KEYS[3], 'bytes', 'inputBytes', 'forgets')
if (totals[3] or '0') ~= ARGV[2] then return 0 end
local bytes, inputBytes = tonumber(totals[1]) or 0, tonumber(totals[2]) or 0
for at = 4, #ARGV, 12 do
  local run = ARGV[at]
  if not redis.call('ZSCORE', KEYS[4], run) then
    local key = ARGV[1] .. run
    local known = redis.call('HMGET', key, 'size', 'inputSize')
    local size = ${BESIDES}
    for part = at, at + 9 do size = size + #ARGV[part] end
    redis.call('HSET', key, 'owner', ARGV[3], 'at', ARGV[at + 1], 'trigger', ARGV[at + 2],
      'outcome', ARGV[at + 3], 'failed', ARGV[at + 4], 'eventId', ARGV[at + 5], 'eventUuid', ARGV[at + 6],
      'text', ARGV[at + 7], 'row', ARGV[at + 8], 'details', ARGV[at + 9], 'size', size)
    redis.call('ZADD', KEYS[1], ARGV[at + 1], run)
    bytes = bytes + size - (tonumber(known[1]) or 0)
    local input = ARGV[at + 11]
    if input ~= '' then
      redis.call('HSET', key, 'inputTrigger', ARGV[at + 10], 'input', input, 'inputSize', #input)
      redis.call('ZADD', KEYS[2], ARGV[at + 1], run)
      local grown = #input - (tonumber(known[2]) or 0)
      bytes, inputBytes = bytes + grown, inputBytes + grown
    end
  end
end
redis.call('HSET', KEYS[3], 'bytes', string.format('%.0f', bytes), 'inputBytes', string.format('%.0f', inputBytes))
redis.call('HINCRBY', KEYS[3], 'changes', 1)
return 1`,
  },
  /**
   * Index; how keys of runs begin, after which run, and not among those with such times, how many are looked at, how many
   * are wanted, trigger, outcome, text, event. Answers the last one that was looked at, its time, whether there are no
   * more, and of each that fits id, time, owner and row.
   */
  mispRunList: {
    numberOfKeys: 1,
    lua: `
local start, most = 0, tonumber(ARGV[4])
if ARGV[2] ~= '' then start = (redis.call('ZREVRANK', KEYS[1], ARGV[2]) or -1) + 1 end
if ARGV[3] ~= '' then start = math.max(start, redis.call('ZCOUNT', KEYS[1], ARGV[3], '+inf')) end
local runs = redis.call('ZREVRANGE', KEYS[1], start, start + most - 1, 'WITHSCORES')
local answer = {'', '', '1'}
if #runs == 2 * most then answer[3] = '0' end
local found, wanted = 0, tonumber(ARGV[5])
local trigger, outcome, text, event = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local function fits(about)
  if trigger ~= '' and about[1] ~= trigger then return false end
  if outcome == 'failed' then
    if about[3] ~= '1' then return false end
  elseif outcome == 'open' then
    if about[2] ~= '' then return false end
  elseif outcome ~= '' and about[2] ~= outcome then return false end
  if event ~= '' and about[4] ~= event and about[5] ~= event then return false end
  return text == '' or string.find(about[6] or '', text, 1, true) ~= nil
end
for at = 1, #runs, 2 do
  if found >= wanted then answer[3] = '0' break end
  local run = runs[at]
  answer[1], answer[2] = run, runs[at + 1]
  local about = redis.pcall('HMGET', ARGV[1] .. run,
    'trigger', 'outcome', 'failed', 'eventId', 'eventUuid', 'text', 'owner', 'row')
  if not about.err and about[8] and #about[8] <= ${MOST_ROW} and fits(about) then
    found = found + 1
    for _, part in ipairs({run, runs[at + 1], about[7] or '', about[8]}) do table.insert(answer, part) end
  end
end
return answer`,
  },
  /**
   * Index, inputs, totals; how keys of runs begin, most milliseconds, runs and bytes, the same of inputs without their
   * number (nothing: none is kept), how many go at most. Answers how many went.
   */
  mispRunPrune: {
    numberOfKeys: 3,
    lua: `${NOW}${DROP}
local count, dropped, most = redis.call('ZCARD', KEYS[1]), 0, tonumber(ARGV[7])
while dropped < most do
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  if not first[1] then break end
  local isOld = tonumber(first[2]) < now - tonumber(ARGV[2])
  if not isOld and count <= tonumber(ARGV[3]) and bytes <= tonumber(ARGV[4]) then break end
  drop(first[1])
  dropped, count = dropped + 1, count - 1
end
while dropped < most do
  local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if not first[1] then break end
  local isWanted = ARGV[5] ~= '' and tonumber(first[2]) >= now - tonumber(ARGV[5])
  if isWanted and inputBytes <= tonumber(ARGV[6]) then break end
  local key = ARGV[1] .. first[1]
  local size = redis.pcall('HMGET', key, 'inputSize')
  redis.pcall('HDEL', key, 'input', 'inputTrigger', 'inputSize')
  redis.call('ZREM', KEYS[2], first[1])
  bytes, inputBytes = bytes - (tonumber(size[1]) or 0), inputBytes - (tonumber(size[1]) or 0)
  dropped = dropped + 1
end
if dropped > 0 then save() end
return dropped`,
  },
  /** Index, inputs, totals, forgotten; how keys of runs begin, the run. Answers whether it was known. */
  mispRunForget: {
    numberOfKeys: 4,
    lua: `${NOW}${DROP}
local known = drop(ARGV[2])
redis.call('ZADD', KEYS[4], now, ARGV[2])
save()
return known`,
  },
  /** Index, inputs, totals; how keys of runs begin, how many go at most, whether it is the first part. */
  mispRunForgetAll: {
    numberOfKeys: 3,
    lua: `${NOW}${DROP}
local runs = redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[2]) - 1)
for _, run in ipairs(runs) do drop(run) end
if ARGV[3] == '1' then
  redis.call('HINCRBY', KEYS[3], 'forgets', 1)
  redis.call('HSET', KEYS[3], 'forgotAt', now)
end
save()
return {#runs, redis.call('HGET', KEYS[3], 'forgets')}`,
  },
  /** Totals, forgotten; since when. Answers now, the changes, the times all were forgotten, when last, and which runs. */
  mispRunNews: {
    numberOfKeys: 2,
    lua: `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ${FORGOTTEN_MS})
local about = redis.call('HMGET', KEYS[1], 'changes', 'forgets', 'forgotAt')
local answer = {now, about[1] or '0', about[2] or '0', about[3] or '0'}
if ARGV[1] ~= '' then
  for _, run in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[1], '+inf', 'LIMIT', 0, 10000)) do
    table.insert(answer, run)
  end
end
return answer`,
  },
} as const;

/** A client that knows the scripts of recorded runs. */
export interface RunsClient extends RedisClient {
  mispRunRecord(...args: (string | number | Buffer)[]): Promise<number>;
  mispRunList(...args: (string | number)[]): Promise<string[]>;
  mispRunPrune(...args: (string | number)[]): Promise<number>;
  mispRunForget(...args: string[]): Promise<number>;
  mispRunForgetAll(...args: (string | number)[]): Promise<[count: number, forgets: string]>;
  mispRunNews(...args: string[]): Promise<[now: number, ...about: string[]]>;
}

/** Teaches a client the scripts. */
export const withRunScripts = (client: RedisClient): RunsClient => taught(client, SCRIPTS);
