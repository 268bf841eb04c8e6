import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { hashed, type Access, type HashedCredentials } from './credentials';
import { DEFAULT_LIMITS, type ServiceLimits, type ServiceSettings, type TlsMaterial } from './protocol';
import { errorOf, WorkflowError } from '../text';
import { saveFile } from '../saved-file';
import { tlsProblem } from './tls-problem';

/** Files with certificate and key. What stands in Node-RED's credentials is not kept: `credentials`. */
export type TlsSource = { cert: string; key: string; ca?: string } | 'credentials';

/**
 * What is kept of a service, so that it listens before the flows are there: no password and no key.
 */
export interface RememberedService {
  host: string;
  port: number;
  access: 'open' | HashedCredentials;
  limits: ServiceLimits;
  tls?: TlsSource;
}

/** What is kept of the service of one listener, in a file. */
export class ServiceMemory {
  private saved: string | undefined;
  private wanted = 0;

  /**
   * @param file without one nothing is kept
   * @param warn told when the file cannot be written
   */
  constructor(
    private readonly file: string | undefined,
    private readonly warn: (error: Error) => void,
  ) {
    this.saved = file && textOf(file);
  }

  /** Keeps how a service is set up now. */
  async keep(settings: ServiceSettings, tls: TlsSource | undefined): Promise<void> {
    const { host, port, limits } = settings;
    const turn = ++this.wanted;
    const access = await keptAccess(settings.access);
    if (!access || turn !== this.wanted) return;
    const service: RememberedService = { host, port, access, limits, ...(tls ? { tls } : {}) };
    const content = JSON.stringify(service, null, 2);
    if (content === this.saved) return;
    this.saved = content;
    this.attempt((file) => saveFile(file, content));
  }

  /** Nothing more is written; what is kept stays. */
  close(): void {
    this.wanted++;
  }

  /** The listener was deleted. */
  clear(): void {
    this.wanted++;
    this.attempt((file) => rmSync(file, { force: true }));
  }

  private attempt(work: (file: string) => void): void {
    try {
      if (this.file) work(this.file);
    } catch (error) {
      this.warn(error as Error);
    }
  }
}

async function keptAccess(access: Access): Promise<'open' | HashedCredentials | undefined> {
  if (access === 'open') return access;
  if (access === 'lost') return undefined;
  return 'hash' in access ? access : hashed(access);
}

const FILE = /^service-(.+)\.json$/;

/** Where the service of a listener is kept. */
export function serviceFile(folder: string, id: string): string {
  return path.join(folder, `service-${encodeURIComponent(id)}.json`);
}

/** The services that are kept in a folder, by the ids of their listeners. What cannot be read is passed over. */
export function rememberedServices(folder: string): { id: string; service: RememberedService }[] {
  return namesIn(folder).flatMap((file) => {
    const id = idOf(file);
    const service = id ? read(path.join(folder, file)) : undefined;
    return id && service ? [{ id, service }] : [];
  });
}

function idOf(file: string): string | undefined {
  try {
    return decodeURIComponent(FILE.exec(file)?.[1] ?? '');
  } catch {
    return undefined; // no file of ours
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function read(file: string): RememberedService | undefined {
  try {
    const service = JSON.parse(textOf(file) ?? '') as RememberedService;
    const { host, port, access, limits } = service;
    const isKnown = access === 'open' || isHashed(access);
    return isText(host) && Number.isInteger(port) && isKnown && typeof limits === 'object'
      ? { ...service, limits: { ...DEFAULT_LIMITS, ...limits } }
      : undefined;
  } catch {
    return undefined;
  }
}

function isHashed(access: Partial<HashedCredentials> | undefined): boolean {
  const { salt, hash, others = [] } = access ?? {};
  return isText(salt) && isText(hash) && Array.isArray(others) && others.every(isText);
}

const isText = (value: unknown) => typeof value === 'string';

/**
 * The certificate and key of a service that is kept.
 * @throws why there are none, in words
 */
export function rememberedTls(source: TlsSource): TlsMaterial {
  if (source === 'credentials') throw new WorkflowError('service.keyInCredentials');
  const { cert, key, ca } = source;
  const material = {
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ...(ca ? { ca: readFileSync(ca, 'utf8') } : {}),
  };
  const problem = tlsProblem(material);
  if (problem) throw errorOf(problem);
  return material;
}
