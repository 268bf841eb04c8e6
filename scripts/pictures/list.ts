import type { Studio } from './studio';

/** A picture of the documentation. */
export interface Picture {
  /** `docs/images/NAME.png` */
  name: string;
  colours?: 'dark';
  take(studio: Studio, name: string): Promise<void>;
}

const DEMO = 'Block the publication of tlp-red';

/** The drawing of an example. */
const drawing = (name: string, example: string, colours?: 'dark'): Picture => ({
  name,
  ...(colours ? { colours } : {}),
  async take(studio) {
    await studio.example(example);
    await studio.drawing(name);
  },
});

/** The form of a node of an example. */
const form = (name: string, example: string, id: string): Picture => ({
  name,
  async take(studio) {
    await studio.example(example);
    await studio.form(name, id);
  },
});

export const PICTURES: Picture[] = [
  drawing('demo-flow', DEMO),
  drawing('demo-flow-dark', DEMO, 'dark'),
  form('form-trigger', DEMO, 'd000000000000011'),
  form('form-if-tag', DEMO, 'd000000000000012'),
  form('form-response', DEMO, 'd000000000000013'),
];
