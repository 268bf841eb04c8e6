import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a running MISP sent and answered; see test/fixtures. */
const fixtures = path.join(__dirname, '../../fixtures');

export function recording<T>(file: string): T {
  return JSON.parse(readFileSync(path.join(fixtures, file), 'utf8')) as T;
}

export function recordings<T>(folder: string): { name: string; recorded: T }[] {
  return readdirSync(path.join(fixtures, folder)).map((file) => ({
    name: path.basename(file, '.json'),
    recorded: recording<T>(path.join(folder, file)),
  }));
}

export interface TriggerRecording {
  /** Further requests of one action do not say again whether they block. */
  _about: { trigger: string; blocking?: boolean };
  request: {
    method: string;
    path: string;
    headers: [string, string][];
    bodyBytes: number;
    body: { module: string; data: Record<string, unknown>; params: Record<string, unknown> };
  };
}

export interface RestRecording {
  as: string;
  request: { method: string; path: string; headers: Record<string, string>; body: unknown };
  response: { status: number; headers: Record<string, string>; body: Record<string, unknown> };
}

export interface Experiment {
  experiment: string;
  rest: {
    request: { method: string; path: string; body: unknown };
    response: { status: number; contentType: string; body: Record<string, unknown> };
  }[];
  requestsSeenByService: string[];
  logRows: { action: string; model: string; email: string; title: string; change: string }[];
  jobRows: Record<string, string>[];
  after: { published: string };
}

/** `keys: types`, all the way down; lists by their first entry. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]));
}
