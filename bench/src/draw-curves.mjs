/** Draws what was measured, as a picture that a browser shows and a reviewer can compare. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [width, height, margin] = [640, 360, 56];
/** The most that an importer may take. */
const limitMegabytes = 200;
const highest = 250;
const colours = ['#1b6ca8', '#c2571a', '#3c8031', '#7a3c9c'];

const round = (number) => Math.round(number * 10) / 10;
const y = (megabytes) => round(height - margin - (megabytes / highest) * (height - 2 * margin));

/** The peaks of each format by the size of the file, which is drawn by its logarithm. */
export async function drawCurves(name, curves) {
  const sizes = Object.values(curves).flatMap((points) =>
    points.map(({ megabytes }) => Math.max(megabytes, 1)),
  );
  const [least, most] = [Math.log10(Math.min(...sizes)), Math.log10(Math.max(...sizes))];
  const x = (megabytes) =>
    round(
      margin + ((Math.log10(Math.max(megabytes, 1)) - least) / (most - least || 1)) * (width - 2 * margin),
    );
  const text = (at, words, more = '') => `<text x="${at[0]}" y="${at[1]}" ${more}>${words}</text>`;
  const line = (from, to, more) =>
    `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" ${more}/>`;

  const parts = [0, 50, 100, 150, 200, 250].flatMap((megabytes) => [
    line([margin, y(megabytes)], [width - margin, y(megabytes)], 'stroke="#ddd"'),
    text([margin - 8, y(megabytes) + 4], megabytes, 'text-anchor="end"'),
  ]);
  parts.push(
    line(
      [margin, y(limitMegabytes)],
      [width - margin, y(limitMegabytes)],
      'stroke="#b00" stroke-dasharray="4 4"',
    ),
    text([margin, margin - 20], 'Peak resident memory of the importer, MB, by the size of the file, MB'),
  );
  Object.entries(curves).forEach(([format, points], index) => {
    const colour = colours[index % colours.length];
    const path = points.map(({ megabytes, peakMegabytes }) => `${x(megabytes)},${y(peakMegabytes)}`);
    parts.push(`<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const { megabytes, peakMegabytes } of points) {
      parts.push(`<circle cx="${x(megabytes)}" cy="${y(peakMegabytes)}" r="4" fill="${colour}"/>`);
      parts.push(
        text(
          [x(megabytes), height - margin + 16 + 13 * index],
          megabytes,
          `text-anchor="middle" fill="${colour}"`,
        ),
      );
    }
    parts.push(text([margin + 90 * index, height - 2], format, `fill="${colour}"`));
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
  await writeFile(join(import.meta.dirname, '..', 'history', `${name}.svg`), svg);
}
