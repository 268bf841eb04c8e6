import sharp from 'sharp';

/** What is shown for a while: pictures below each other. */
export interface Scene {
  parts: Buffer[];
  seconds: number;
}

/** How a film is drawn: its width in pixels, and the colour behind its pictures. */
interface Canvas {
  width: number;
  ground: string;
}

/** A film without an end. Its pictures may differ in size: they stand in the middle, from the top. */
export async function film(scenes: Scene[], file: string, canvas: Canvas): Promise<void> {
  const stacks = await Promise.all(scenes.map(({ parts }) => stacked(parts, canvas)));
  const height = Math.max(...stacks.map((stack) => stack.height));
  const frames = await Promise.all(
    stacks.map(({ data }) =>
      sharp({ create: { width: canvas.width, height, channels: 3, background: canvas.ground } })
        .composite([{ input: data, left: 0, top: 0 }])
        .png()
        .toBuffer(),
    ),
  );
  await sharp(frames, { join: { animated: true } })
    .gif({ delay: scenes.map(({ seconds }) => seconds * 1000), loop: 0, effort: 10 })
    .toFile(file);
}

/** A picture of this width: these below each other, smaller if they are too wide. */
async function stacked(
  parts: Buffer[],
  { width, ground }: Canvas,
): Promise<{ data: Buffer; height: number }> {
  const fitting = await Promise.all(
    parts.map((part) =>
      sharp(part).resize({ width, withoutEnlargement: true }).toBuffer({ resolveWithObject: true }),
    ),
  );
  const tops = fitting.map((_, index) => sum(fitting.slice(0, index).map(({ info }) => info.height)));
  const height = sum(fitting.map(({ info }) => info.height));
  const data = await sharp({ create: { width, height, channels: 3, background: ground } })
    .composite(
      fitting.map(({ data: input, info }, index) => ({
        input,
        left: Math.round((width - info.width) / 2),
        top: tops[index],
      })),
    )
    .png()
    .toBuffer();
  return { data, height };
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
