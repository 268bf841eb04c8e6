import { usable } from './action-service';
import { send } from './http-client';
import { encodeJson } from './php';

type Json = Record<string, unknown>;

/** MISP's settings of its Enrichment, Import or Export service. */
export interface ModuleServiceSettings {
  /** `Plugin.<family>_services_url`, such as `http://user:password@127.0.0.1`. */
  url: string;
  /** `Plugin.<family>_services_port` */
  port: number;
  /** `Plugin.<family>_timeout`, in milliseconds; 10 s unless told otherwise. */
  timeoutMs?: number;
  /** `Plugin.Enrichment_hover_timeout`; 5 s. It holds for REST queries and attach-enrichment too. */
  hoverTimeoutMs?: number;
  /** Modules that are switched off (`Plugin.<family>_<module>_enabled`). */
  off?: string[];
  /** Whether a module is switched on, where the settings say it; else `off` does. */
  isOn?: (module: string) => boolean;
  /** Values of the modules' settings, by module; those that are not set are sent as null. */
  settings?: Record<string, Record<string, string>>;
}

/** A module as MISP reads it from the list. */
export interface ServiceModule {
  name: string;
  types: string[];
  input: string[];
  format: unknown;
  settings: string[];
  inputSource: string[];
  userConfig: Record<string, { type?: string; validation?: string }>;
  wantsCoreFormat: boolean;
}

/** What MISP has of an answer: the JSON, or why there is none. */
export type ModuleAnswer = { found: unknown } | { failure: string };

const LIST_MS = 1000;

/** Asks a service of modules as MISP 2.5.1 does. */
export class ModuleService {
  constructor(private readonly settings: ModuleServiceSettings) {}

  /** Nothing if the service is away: MISP says nothing about it. */
  async modules(): Promise<ServiceModule[]> {
    return (await this.listed()) ?? [];
  }

  /** The same, but undefined if the service is away. */
  async listed(): Promise<ServiceModule[] | undefined> {
    try {
      const url = this.urlOf('/modules');
      const reply = await send({ url, method: 'GET', timeoutMs: LIST_MS });
      const list = usable(reply, 'GET /modules');
      return Array.isArray(list) ? list.filter(isNamed).map(readModule) : [];
    } catch {
      return undefined;
    }
  }

  isOn({ name }: ServiceModule): boolean {
    return this.settings.isOn?.(name) ?? this.settings.off?.includes(name) !== true;
  }

  /** The settings of a module as they are sent; nothing if it has none. */
  configOf({ name, settings }: ServiceModule): Json | undefined {
    if (settings.length === 0) return undefined;
    const given = this.settings.settings?.[name] ?? {};
    return Object.fromEntries(settings.map((setting) => [setting, given[setting] ?? null]));
  }

  async query(body: Json, isHover = false): Promise<ModuleAnswer> {
    const { timeoutMs = 10_000, hoverTimeoutMs = 5000 } = this.settings;
    const limit = isHover ? hoverTimeoutMs : timeoutMs;
    try {
      const call = { url: this.urlOf('/query'), method: 'POST', body: encodeJson(body) } as const;
      return { found: usable(await send({ ...call, timeoutMs: limit }), 'POST /query') };
    } catch (error) {
      return { failure: (error as Error).message };
    }
  }

  private urlOf(path: string): string {
    return `${this.settings.url}:${this.settings.port}${path}`;
  }
}

const isNamed = (entry: unknown): entry is Json & { name: string } =>
  typeof (entry as Json | null)?.name === 'string';

function readModule({ name, meta, mispattributes }: Json & { name: string }): ServiceModule {
  const about = (meta ?? {}) as Json;
  const takes = (mispattributes ?? {}) as Json;
  return {
    name,
    types: textsOf(about['module-type']),
    settings: textsOf(about.config),
    input: textsOf(takes.input),
    format: takes.format,
    inputSource: textsOf(takes.inputSource),
    userConfig: (takes.userConfig ?? {}) as ServiceModule['userConfig'],
    wantsCoreFormat: about.require_standard_format === true,
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Base64 as PHP reads it: what is none becomes garbage, not an error. */
export const decoded = (text: unknown): Buffer => Buffer.from(typeof text === 'string' ? text : '', 'base64');
