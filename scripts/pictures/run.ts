import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { root } from '../../test/support/node-red';
import { film } from './film';
import { FILMS, PICTURES, type Film, type Picture } from './list';
import { Studio } from './studio';

const IMAGES = path.join(root, 'docs/images');
/** The width of a film, in pixels. */
const FILM_WIDTH = 1326;
/** Behind its pictures: the ground of the stand-in's page. */
const GROUND = { light: '#f6f7f9', dark: '#14181e' };

/**
 * `npm run pictures`: the pictures of the documentation, taken from the real editor in chromium. Names behind it
 * (`npm run pictures -- demo-flow forms`) take only those, and those in a folder.
 */
async function main(names: string[]): Promise<void> {
  const isCalled = (wanted: string) => (one: Picture | Film) =>
    one.name === wanted || one.name.startsWith(`${wanted}/`);
  const unknown = names.filter((name) => ![...PICTURES, ...FILMS].some(isCalled(name)));
  if (unknown.length > 0) throw new Error(`No picture is called ${unknown.join(', ')}`);
  const isWanted = (one: Picture | Film) => names.length === 0 || names.some((name) => isCalled(name)(one));
  for (const colours of ['light', 'dark'] as const) {
    const inColours = (one: Picture | Film) => isWanted(one) && (one.colours ?? 'light') === colours;
    const [pictures, films] = [PICTURES.filter(inColours), FILMS.filter(inColours)];
    if (pictures.length + films.length === 0) continue;
    const studio = await Studio.open(colours);
    for (const picture of pictures) await keep(picture.name, await picture.take(studio));
    const canvas = { width: FILM_WIDTH, ground: GROUND[colours] };
    for (const one of films) await film(await one.take(studio), fileOf(`${one.name}.gif`), canvas);
    const { problems } = studio.editor;
    await studio.close();
    if (problems.length > 0) throw new Error(`The editor complains: ${problems.join('\n')}`);
  }
}

/** With at most 256 colours: a third of the bytes. */
async function keep(name: string, png: Buffer): Promise<void> {
  await sharp(png)
    .png({ palette: true, compressionLevel: 9, effort: 10 })
    .toFile(fileOf(`${name}.png`));
}

function fileOf(name: string): string {
  const file = path.join(IMAGES, name);
  mkdirSync(path.dirname(file), { recursive: true });
  console.log(path.relative(root, file));
  return file;
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
