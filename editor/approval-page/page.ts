/**
 * The page of those who approve a publication. It stands alone, outside of the editor: the token of the link comes
 * behind `#`, which browsers keep to themselves, and nothing happens before somebody presses a button. What MISP says
 * is shown as text.
 */

interface Tag {
  name: string;
  local: boolean;
}

interface ShownEvent extends Record<'id' | 'uuid' | 'info' | 'date' | 'organisation', string> {
  threatLevel: string;
  analysis: string;
  distribution: string;
  sharingGroup: string;
  tags: Tag[];
  attributes: number;
  objects: number;
  reports: number;
  types: { name: string; count: number }[];
}

interface Problem {
  problem?: string;
}

interface Shown extends Problem {
  you: string;
  author: string;
  event: ShownEvent;
  findings: string;
  expires: number;
}

interface Decided extends Problem {
  outcome: 'published' | 'notPublished' | 'changed' | 'refused';
  why?: string;
}

type Place = 'misp' | 'node-red';

const ADMIN = 'misp-workflows/approval/';
const { pathname, hash } = window.location;
const place: Place = pathname.endsWith(`/${ADMIN}`) ? 'node-red' : 'misp';
const token = hash.slice(1);
let texts: Record<string, string> = {};

const say = (key: string) => texts[`approvalPage.${key}`] ?? key;
const at = (id: string) => document.getElementById(id) as HTMLElement;
const key = at('key') as HTMLInputElement;

void begin();

async function begin(): Promise<void> {
  texts = (await (await fetch('texts.json')).json()) as Record<string, string>;
  document.documentElement.lang = say('language');
  document.title = say('title');
  write('title', say('title'));
  write('node-red', say('openNodeRed'));
  write('key-tip', say('keyTip'));
  write('look', say('look'));
  write('findings-title', say('findings'));
  write('approve', say('approve'));
  write('refuse', say('refuse'));
  labelOf('key', say('key'));
  labelOf('comment', say('comment'));
  at('who').addEventListener('submit', (event) => {
    event.preventDefault();
    void look();
  });
  at('decide').addEventListener('submit', (event) => {
    event.preventDefault();
    const pressed = event.submitter as HTMLButtonElement | null;
    if (pressed) void decide(pressed.value);
  });
  if (token === '') return tell('noLink', 'bad');
  if (place === 'node-red') return look();
  show('who');
  key.focus();
}

async function look(): Promise<void> {
  const shown = await ask<Shown>('show', {});
  if (!shown) return;
  show('who', false);
  const { event, findings } = shown;
  write('info', event.info);
  at('facts').replaceChildren(...factsOf(shown));
  write('findings', findings);
  show('findings', findings !== '');
  show('findings-title', findings !== '');
  show('asked');
  tell('', '');
  at('comment').focus();
}

async function decide(decision: string): Promise<void> {
  const comment = (at('comment') as HTMLTextAreaElement).value;
  const decided = await ask<Decided>('decide', { decision, comment });
  if (!decided) return;
  show('asked', false);
  const { outcome, why } = decided;
  tell(outcome, outcome === 'published' || outcome === 'refused' ? 'good' : 'bad', why);
  key.value = '';
}

/** What the server says; nothing if it was told what is wrong. */
async function ask<T extends Problem>(what: string, more: object): Promise<T | undefined> {
  const buttons = document.querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  tell('working', '');
  try {
    const body = JSON.stringify({ token, ...(place === 'misp' ? { key: key.value.trim() } : {}), ...more });
    const answer = await fetch(what, { method: 'POST', headers: headers(), body });
    if (answer.status === 401) {
      show('elsewhere');
      tell('login', 'bad');
      return undefined;
    }
    const found = (await answer.json()) as T;
    if (found.problem === undefined) return found;
    tell('', 'bad', found.problem);
  } catch {
    tell('unreachable', 'bad');
  } finally {
    for (const button of buttons) button.disabled = false;
  }
  return undefined;
}

/** Node-RED's editor keeps its login in this browser, under a name with its own path. */
function headers(): Record<string, string> {
  const json = { 'Content-Type': 'application/json' };
  if (place === 'misp') return json;
  const editor = pathname.slice(0, -ADMIN.length).slice(0, -1).replaceAll('/', '-');
  const login = localStorage.getItem(`auth-tokens${editor}`);
  const { access_token: given } = (login ? JSON.parse(login) : {}) as { access_token?: string };
  return given ? { ...json, Authorization: `Bearer ${given}` } : json;
}

function factsOf({ you, author, event, expires }: Shown): HTMLElement[] {
  const counts = (['attributes', 'objects', 'reports'] as const)
    .filter((what) => event[what] > 0)
    .map((what) => `${event[what]} ${say(what)}`);
  const types = event.types.map(({ name, count }) => `${name} (${count})`);
  const rows: [string, string | HTMLElement[]][] = [
    ['you', you],
    ['author', author],
    ['event', `${event.id} · ${event.uuid}`],
    ['organisation', event.organisation],
    ['date', event.date],
    ['threatLevel', known('level', event.threatLevel)],
    ['analysis', known('analysis', event.analysis)],
    [
      'distribution',
      [known('distribution', event.distribution), event.sharingGroup].filter(Boolean).join(': '),
    ],
    ['tags', event.tags.map(tagOf)],
    ['contents', [counts.join(', '), types.join(', ')].filter(Boolean).join(': ')],
    ['until', new Date(expires).toLocaleString()],
  ];
  return rows.flatMap(([name, value]) => {
    if (value.length === 0) return [];
    const term = document.createElement('dt');
    term.textContent = say(name);
    const fact = document.createElement('dd');
    if (typeof value === 'string') fact.textContent = value;
    else fact.replaceChildren(...value);
    return [term, fact];
  });
}

function tagOf({ name, local }: Tag): HTMLElement {
  const tag = document.createElement('span');
  tag.textContent = local ? `${name} (${say('localTag')})` : name;
  return tag;
}

/** MISP's number in words; another one as it is. */
function known(what: 'level' | 'analysis' | 'distribution', value: string): string {
  return texts[`approvalPage.${what}.${value}`] ?? value;
}

function tell(text: string, state: 'good' | 'bad' | '', more = ''): void {
  const element = at('state');
  element.textContent = [text && say(text), more].filter(Boolean).join(' ');
  element.dataset.state = state;
  // Whoever works by the keyboard, or does not see the page, is where the news are.
  if (state !== '') element.focus();
}

function show(id: string, isShown = true): void {
  at(id).hidden = !isShown;
}

function write(id: string, text: string): void {
  at(id).textContent = text;
}

function labelOf(id: string, text: string): void {
  const label = document.querySelector(`label[for="${id}"]`);
  if (label) label.textContent = text;
}

export {};
