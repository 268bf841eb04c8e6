import { createRequire } from 'node:module';
import type { Libraries } from './jsonata';

const UTIL = /[\\/]@node-red[\\/]util[\\/]lib[\\/]util\.js$/;

/** Where this Node-RED has its JSONata: nothing else is sure to be the same. */
export function librariesOfNodeRed(): Libraries {
  const loaded = Object.keys(createRequire(__filename).cache).find((file) => UTIL.test(file));
  if (!loaded) return {};
  const near = createRequire(loaded);
  return { jsonata: resolved(near, 'jsonata'), moment: resolved(near, 'moment') };
}

function resolved(near: NodeJS.Require, name: string): string | undefined {
  try {
    return near.resolve(name);
  } catch {
    return undefined;
  }
}
