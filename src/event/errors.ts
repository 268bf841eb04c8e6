/**
 * The errors of `src/event` and `src/logic`. `key` and `params` let a node show the text in the editor's
 * language; the English text is here and nowhere else.
 */
const texts = {
  regexUnsupported:
    'The regular expression __regex__ uses __what__, which is not supported: expressions run in linear time.',
  regexTooLarge: 'The regular expression __regex__ is too large.',
  regexOnArray: 'The regular expression in [__field__] meets a list or an object, not a text.',
  pathNotText: 'A hash path is a text, not a list or an object.',
  pathTooLong: 'A hash path has at most __limit__ characters, this one has __length__.',
  unknownWildcard: '__name__ is no wildcard: use {n}, {s} or {*}.',
  unreadableBracket: 'The bracket behind "__name__" cannot be read and would be ignored.',
  unbalancedBracket: 'A bracket in __path__ is not closed.',
  forbiddenKey: 'The name __name__ cannot be used in a hash path.',
  notAnArray: 'The hash path __path__ needs an object or a list, the data is __type__.',
  cannotMerge: 'A text cannot be merged into the entries that __path__ matches.',
  combineCount: 'Keys and values differ in number: __keys__ keys, __values__ values.',
  combineKey: 'A list or an object cannot be the name of an entry.',
  noEvent: 'The data holds no event.',
  notAnEvent:
    'The message holds no event: its payload is __what__. A MISP trigger gives one, and so does {"Event": {...}} of a feed or of MISP.',
  severalEvents:
    'The message holds __count__ events, and only one can be decided on. Put a split node before this one.',
  emptyEvent:
    'MISP sent an event with nothing in it, so there is nothing to decide on. Complete the data in the trigger if it can be, or tick "Decide as MISP does where data is missing".',
  thinAttributes:
    'The event has attributes in MISP (__count__), and the data has none of them. Complete the data in the trigger, or put a reload event node before this one; or tick "Decide as MISP does where data is missing".',
  thinTags:
    'MISP sent tags without their names, so nobody can tell which they are. Use a trigger that has them, or put a reload event node before this one; or tick "Decide as MISP does where data is missing".',
  notAList: 'The parameter "__name__" must be a list.',
  distributionInherited: 'Distribution level not supported',
  distributionCondition: 'Condition operator not supported for that distribution level',
  templateNotText: 'The template "__name__" must be a text, not a list or an object.',
  badTime: '"__value__" is not a time: use one like 3d, 12h, 30m, or a timestamp in seconds.',
} as const;

export type EventErrorKey = keyof typeof texts;

/** What the data or a condition made impossible: wrong shapes, parameters that cannot be read. */
export class EventDataError extends Error {
  readonly key: string;
  readonly params: Record<string, string>;

  constructor(key: EventErrorKey, params: Record<string, string> = {}) {
    super(texts[key].replace(/__(\w+)__/g, (whole, name: string) => params[name] ?? whole));
    this.name = 'EventDataError';
    this.key = key;
    this.params = params;
  }
}

/** The data lacks what MISP says there is. */
export class ThinDataError extends EventDataError {
  /** What a node shows in its status. */
  readonly status = 'thin';

  constructor(key: EventErrorKey, params: Record<string, string> = {}) {
    super(key, params);
    this.name = 'ThinDataError';
  }
}

/** A hash path that cannot be parsed or applied. */
export class HashPathError extends EventDataError {
  constructor(key: EventErrorKey, params: Record<string, string> = {}) {
    super(key, params);
    this.name = 'HashPathError';
  }
}
