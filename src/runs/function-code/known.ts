/** What the proof takes for known: the names of the language and of Node-RED's sandbox, by what they do. */

const words = (text: string) => new Set(text.split(/\s+/));

/** What Node-RED gives function code. Usable only as `node.send(...)`, `flow.get(...)`; never handed on. */
export const INTERFACES = words('node context flow global env RED');

/** Code that cannot be read, or ways to what Node-RED keeps for itself. */
export const FORBIDDEN = words(
  'eval Function arguments globalThis require __node__ __send__ __done__ __initSend__ Proxy Reflect',
);

/** Properties that lead to code made of text, or change what known methods do. */
export const FORBIDDEN_PROPERTIES = words(
  'constructor __proto__ __node__ __send__ __done__ caller callee __defineGetter__ __defineSetter__',
);

/** What makes a function node send a message, fail, show a status, or be done. */
export const ACTIONS = words('send error status done');
export const NODE_METHODS = words('send error status done warn log debug trace');
export const NODE_PROPERTIES = words('id name path outputCount');

/** Objects of the language whose functions are known; see `calls.ts`. */
export const BUILT_IN = words(
  `Object Array String Number Boolean Symbol BigInt Math JSON Date RegExp Promise Map Set WeakMap WeakSet Intl
  Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError Buffer URL
  URLSearchParams console util ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array
  Int32Array Float32Array Float64Array BigInt64Array BigUint64Array Uint8ClampedArray WeakRef`,
);
/** Functions that give a plain value, whatever they get. */
export const TO_PLAIN = words('Number Boolean BigInt parseInt parseFloat isNaN isFinite');
/** Functions that give a text of what they get. */
export const TO_TEXT = words(
  'String encodeURIComponent decodeURIComponent encodeURI decodeURI escape unescape Date RegExp Symbol',
);
export const TIMERS = words(
  'setTimeout setInterval setImmediate queueMicrotask clearTimeout clearInterval clearImmediate',
);
export const CONSTANTS = words('undefined NaN Infinity');

/** Methods that call a function they are given before they return. */
export const SYNCHRONOUS = words(
  `forEach map filter flatMap reduce reduceRight some every find findIndex findLast findLastIndex sort toSorted
  replace replaceAll`,
);
/** Methods that put what they are given into what they are called on, and do nothing else. */
export const PUTTING = words('push unshift splice set add fill append');
/** Methods whose result is a plain value: a number, a yes or no, a date as text. */
export const PLAIN_RESULT = words(
  `includes indexOf lastIndexOf startsWith endsWith test charCodeAt codePointAt localeCompare search has
  hasOwnProperty isPrototypeOf propertyIsEnumerable getTime toFixed toPrecision toExponential toISOString
  toUTCString toLocaleDateString toLocaleTimeString getFullYear getMonth getDate getDay getHours getMinutes
  getSeconds getMilliseconds getTimezoneOffset getUTCFullYear getUTCMonth getUTCDate getUTCDay getUTCHours
  getUTCMinutes getUTCSeconds getUTCMilliseconds delete clear digest`,
);
/** Methods that change nothing and give (parts of) what they were called on, or a copy. */
export const READING = words(
  `slice substring substr trim trimStart trimEnd toLowerCase toUpperCase toLocaleLowerCase toLocaleUpperCase split
  join concat toString toLocaleString padStart padEnd repeat normalize charAt at match matchAll exec get keys values
  entries reverse toReversed toSorted toSpliced with flat next filter find findLast sort pop shift json text
  arrayBuffer valueOf toJSON`,
);

/**
 * Properties taken for plain values by their name: ids, numbers, times and short texts, as MISP and Node-RED name
 * them. Unless the code itself puts something else there.
 */
export const PLAIN_PROPERTY = words(
  `length size topic _msgid id uuid event_id object_id org_id orgc_id user_id sharing_group_id attribute_count
  event_uuid timestamp publish_timestamp sighting_timestamp first_seen last_seen date published threat_level_id
  analysis distribution proposal_email_lock to_ids deleted type category value value1 value2 comment info name colour
  object_relation host hostname ip url port statusCode status code message trigger module deadline email`,
);

/** Modules that keep nothing of what they are given: requests, texts, times, tools. */
export const KEEPING_NOTHING = words(
  `axios dns dns/promises got node-fetch undici ky needle crypto util path url querystring os zlib buffer lodash underscore ramda
  moment moment-timezone dayjs luxon date-fns uuid nanoid he ipaddr.js ip cheerio xml2js fast-xml-parser js-yaml yaml
  jsonpath jsonpath-plus validator semver tldts psl punycode string_decoder`,
);

/** Those of them that change objects they are given. */
export const CHANGING = words('lodash underscore');

/** Functions of `RED.util` that give (a part of) what they get, and keep nothing. */
export const RED_UTIL = words(
  `cloneMessage getMessageProperty getObjectProperty ensureString ensureBuffer encodeObject compareObjects
  generateId normalisePropertyExpression parseContextStore getSetting evaluateJSONataExpression
  prepareJSONataExpression evaluateNodeProperty setMessageProperty setObjectProperty normaliseNodeTypeName`,
);

/** Whether the language itself gives the name a meaning. */
export function isLanguage(name: string): boolean {
  return BUILT_IN.has(name) || TIMERS.has(name) || TO_PLAIN.has(name) || TO_TEXT.has(name);
}
