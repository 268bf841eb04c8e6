// The page on which people run flows without the editor. It stands alone: nothing of Node-RED's editor is around.
import type { AdHocEntry } from '../../nodes/plugin/api';
import { button, element, labelled } from './dom';
import { NoAnswer, type Door } from './door';
import { showFlow, type FlowShown } from './flow';

interface Texts {
  [key: string]: string | Texts;
}

/** Node-RED's root, which this page lies two levels below. */
const ROOT = new URL('../', location.href);
/** Where this page keeps the token of who logged in on it: it ends with the tab. */
const OWN = 'misp-ad-hoc-token';

let texts: Texts = {};
let shown: FlowShown | undefined;

/** Nobody is logged in who may. */
class NotLoggedIn extends NoAnswer {}

const text: Door['text'] = (key, params = {}) => {
  const found = key
    .split('.')
    .reduce<string | Texts | undefined>(
      (inside, name) =>
        typeof inside === 'object' && Object.hasOwn(inside, name) ? inside[name] : undefined,
      texts,
    );
  if (typeof found !== 'string') return key;
  return found.replace(/__(\w+?)__/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
};

const door: Door = {
  text,
  async ask(route, { params, query, body }) {
    const [method, path] = route.split(' ');
    const names = params as Record<string, string>;
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(names[name]));
    const search = query ? `?${new URLSearchParams(query)}` : '';
    const url = new URL(`misp-workflows${filled}${search}`, ROOT);
    const response = await asked(url, method, body);
    if (response.status === 404) throw new NoAnswer(text('notDeployed'));
    const answer: unknown = await response.json().catch(() => undefined);
    if (typeof answer === 'object' && answer !== null && 'problem' in answer)
      throw new NoAnswer(String(answer.problem));
    if (!response.ok) throw new NoAnswer(text('failed', { status: response.status }));
    return answer as never;
  },
};

/** Asks with the token of this page, else with that of the editor, as far as there is one. */
async function asked(url: URL, method: string, body: unknown): Promise<Response> {
  for (const token of tokens()) {
    const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    if (token !== undefined) headers.Authorization = `Bearer ${token}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers, ...sent }).catch(() => undefined);
    if (!response) throw new NoAnswer(text('failed', { status: 0 }));
    if (response.status !== 401) return response;
  }
  throw new NotLoggedIn(text('refused'));
}

function tokens(): (string | undefined)[] {
  const own = sessionStorage.getItem(OWN);
  const suffix = ROOT.pathname.slice(0, -1).replace(/\//g, '-');
  return [...(own === null ? [] : [own]), tokenIn(localStorage.getItem(`auth-tokens${suffix}`)), undefined];
}

function tokenIn(saved: string | null): string | undefined {
  try {
    const { access_token: token } = JSON.parse(saved ?? '{}') as { access_token?: unknown };
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

const main = document.querySelector<HTMLElement>('#misp-ad-hoc') as HTMLElement;

async function begin(): Promise<void> {
  const response = await fetch(new URL('misp-workflows/ad-hoc-runs/texts', ROOT));
  const told = (await response.json()) as { language: string; texts: Texts };
  texts = told.texts;
  document.documentElement.lang = told.language;
  document.title = text('title');
  await open();
}

async function open(): Promise<void> {
  shown?.close();
  shown = undefined;
  try {
    const { flows } = await door.ask('GET /ad-hoc-runs/flows', { params: {} });
    const chosen = flows.length === 1 ? flows[0] : flows.find(({ id }) => id === wanted());
    if (chosen) await openFlow(chosen, flows.length > 1);
    else showList(flows);
  } catch (error) {
    if (error instanceof NotLoggedIn) await showLogin();
    else show(text('title'), element('p', (error as Error).message, { role: 'alert' }));
  }
}

function wanted(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

async function openFlow({ id, name }: AdHocEntry, hasOthers: boolean): Promise<void> {
  const form = await door.ask('GET /ad-hoc-runs/flows/:id', { params: { id } });
  shown = showFlow(door, form);
  const back = element('a', text('flows'));
  back.href = '#';
  show(name || text('unnamed'), ...(hasOthers ? [back] : []), shown.box);
}

function showList(flows: readonly AdHocEntry[]): void {
  const list = element('ul', '', { class: 'misp-ad-hoc-flows' });
  for (const { id, name, description } of flows) {
    const link = element('a', name || text('unnamed'));
    link.href = `#${encodeURIComponent(id)}`;
    const item = element('li');
    item.append(link, element('div', description, { class: 'misp-ad-hoc-hint' }));
    list.append(item);
  }
  show(text('title'), flows.length > 0 ? list : element('p', text('noFlows')));
}

function show(title: string, ...content: HTMLElement[]): void {
  const head = element('header');
  head.append(element('h1', title));
  if (sessionStorage.getItem(OWN) !== null) {
    const logout = button(text('logout'), () => {
      sessionStorage.removeItem(OWN);
      void open();
    });
    head.append(logout);
  }
  main.replaceChildren(head, ...content);
}

interface Prompts {
  type?: string;
}

/** Node-RED checks user and password; the token that it gives is worth nothing but the permission to run. */
async function showLogin(): Promise<void> {
  const asks = await fetch(new URL('auth/login', ROOT)).catch(() => undefined);
  const { type } = ((await asks?.json().catch(() => ({}))) ?? {}) as Prompts;
  if (type !== 'credentials') {
    const link = element('a', text('editor'));
    link.href = ROOT.href;
    return show(
      text('loginTitle'),
      element('p', text('refused')),
      element('p', text('loginElsewhere')),
      link,
    );
  }
  const { row: userRow, control: user } = labelled(
    text('username'),
    element('input', '', { type: 'text', autocomplete: 'username' }),
  );
  const { row: passwordRow, control: password } = labelled(
    text('password'),
    element('input', '', { type: 'password', autocomplete: 'current-password' }),
  );
  const problem = element('p', '', { class: 'misp-ad-hoc-problem', role: 'alert' });
  const form = element('form', '', { class: 'misp-ad-hoc' });
  form.append(
    userRow,
    passwordRow,
    element('button', text('login'), { type: 'submit', class: 'misp-ad-hoc-main' }),
    problem,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    problem.textContent = '';
    logIn(user.value, password.value).then(
      () => open(),
      (error: Error) => void (problem.textContent = error.message),
    );
  });
  show(text('loginTitle'), element('p', text('loginHint')), form);
  user.focus();
}

async function logIn(username: string, password: string): Promise<void> {
  const asked = { client_id: 'node-red-editor', grant_type: 'password', scope: 'misp.run' };
  const response = await fetch(new URL('auth/token', ROOT), {
    method: 'POST',
    body: new URLSearchParams({ ...asked, username, password }),
  }).catch(() => undefined);
  const token = response?.ok ? tokenIn(await response.text()) : undefined;
  if (token === undefined) throw new NoAnswer(text('loginFailed'));
  sessionStorage.setItem(OWN, token);
}

window.addEventListener('hashchange', () => void open());
begin().catch((error: Error) => main.replaceChildren(element('p', error.message, { role: 'alert' })));
