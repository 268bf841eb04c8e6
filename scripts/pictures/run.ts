import { PICTURES } from './list';
import { Studio } from './studio';

/**
 * `npm run pictures`: the pictures of the documentation, taken from the real editor in chromium. Names behind it
 * (`npm run pictures -- demo-flow`) take only those.
 */
async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !PICTURES.some((picture) => picture.name === name));
  if (unknown.length > 0) throw new Error(`No picture is called ${unknown.join(', ')}`);
  const wanted = PICTURES.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const colours of ['light', 'dark'] as const) {
    const pictures = wanted.filter((picture) => (picture.colours ?? 'light') === colours);
    if (pictures.length === 0) continue;
    const studio = await Studio.open(colours);
    for (const picture of pictures) {
      await picture.take(studio, picture.name);
      console.log(`docs/images/${picture.name}.png`);
    }
    const { problems } = studio.editor;
    await studio.close();
    if (problems.length > 0) throw new Error(`The editor complains: ${problems.join('\n')}`);
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
