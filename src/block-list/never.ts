import { BlockList, isIPv4 } from 'node:net';
import { WorkflowError } from '../text';
import { entryOf, type Entry } from './entry';

/** Tells whether an entry would block what must never be blocked. */
export type Spares = (entry: Entry) => boolean;

/**
 * @param exceptions addresses, networks and names; a name stands for what is below it, too
 * @throws {WorkflowError} if one is none of these
 */
export function sparing(exceptions: readonly string[]): Spares {
  const wanted = exceptions.map((text) => text.trim()).filter((text) => text !== '');
  const names: string[] = [];
  const own: Entry[] = [];
  for (const exception of wanted) {
    const entry = entryOf(exception);
    if (!entry || entry.kind === 'url') throw new WorkflowError('blockList.never', { exception });
    if (entry.kind === 'domain') names.push(entry.value);
    else own.push(entry);
  }
  const addresses = blockListOf(own);
  const isBelow = (name: string) => names.some((one) => name === one || name.endsWith(`.${one}`));
  const spares = ({ kind, value }: Entry): boolean => {
    if (kind === 'url') return spares(hostOf(value));
    // A name above an exception may stand for what is below it.
    if (kind === 'domain') return isBelow(value) || names.some((one) => one.endsWith(`.${value}`));
    const [address] = value.split('/');
    if (addresses.check(address, familyOf(address))) return true;
    if (kind === 'ip') return false;
    const network = blockListOf([{ kind, value }]);
    return own.some((one) => network.check(one.value.split('/')[0], familyOf(one.value)));
  };
  return wanted.length === 0 ? () => false : spares;
}

function hostOf(url: string): Entry {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return entryOf(host) ?? { kind: 'domain', value: host };
}

function blockListOf(entries: readonly Entry[]): BlockList {
  const list = new BlockList();
  for (const { value } of entries) {
    const [address, length] = value.split('/');
    if (length === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(length), familyOf(address));
  }
  return list;
}

const familyOf = (value: string) => (isIPv4(value.split('/')[0]) ? 'ipv4' : 'ipv6');
