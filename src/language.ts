import { readFileSync } from 'node:fs';
import path from 'node:path';
import { speak } from './text';

/** The tag of a language, and nothing that leads out of the folder. */
const TAG = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

/** Has this thread speak a language; without a catalogue of it, or of its base (`de` of `de-AT`), English. */
export function speakLanguage(tag: string): void {
  const found = [tag, tag.split('-')[0]].map(catalogueOf).find((messages) => messages !== undefined);
  speak(found ?? {});
}

function catalogueOf(tag: string): Record<string, string> | undefined {
  if (!TAG.test(tag)) return undefined;
  try {
    const file = path.join(__dirname, '../locales', tag, 'messages.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { messages: Record<string, string> }).messages;
  } catch {
    return undefined;
  }
}
