import { EventEmitter } from 'node:events';
import type { NodeRed } from './node-red';

export interface LogLine {
  level: number;
  type?: string;
  id?: string;
  msg: unknown;
}

/** Collects what Node-RED logs as warnings and errors. */
export function collectLog(RED: NodeRed): { lines: LogLine[]; text(): string; stop(): void } {
  const lines: LogLine[] = [];
  const handler = new EventEmitter();
  handler.on('log', (line: LogLine) => {
    if (line.level <= 30) lines.push(line);
  });
  RED.log.addHandler(handler);
  return {
    lines,
    text: () => lines.map((line) => `${line.type ?? ''}: ${String(line.msg)}`).join('\n'),
    stop: () => RED.log.removeHandler(handler),
  };
}
