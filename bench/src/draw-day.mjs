/** Draws how late runs were in the course of a replayed day, with what was killed when. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [width, height, left, top, bottom] = [960, 420, 64, 56, 64];
/** From a hundredth of a second to a hundred: lateness is drawn by its logarithm. */
const decades = [0.01, 0.1, 1, 10, 100];
const curves = { max: '#c2571a', p99: '#1b6ca8', median: '#3c8031' };

const round = (number) => Math.round(number * 10) / 10;
const span = Math.log10(decades.at(-1) / decades[0]);
const y = (seconds) => {
  const share = Math.log10(Math.min(Math.max(seconds, decades[0]), decades.at(-1)) / decades[0]) / span;
  return round(height - bottom - share * (height - top - bottom));
};

/**
 * Writes history/day.svg.
 * @param bins of ten seconds each: `at` in ms, lateness in ms
 * @param kills what was killed, and when in ms
 */
export async function drawDay(bins, kills, startedAt, speed) {
  const last = bins.at(-1).at;
  const x = (at) => round(left + ((at - startedAt) / (last - startedAt)) * (width - left - 16));
  const parts = decades.map(
    (seconds) =>
      `<line x1="${left}" y1="${y(seconds)}" x2="${width - 16}" y2="${y(seconds)}" stroke="#ddd"/>` +
      `<text x="${left - 8}" y="${y(seconds) + 4}" text-anchor="end">${seconds} s</text>`,
  );
  const hours = Math.round(((last - startedAt) * speed) / 3_600_000);
  for (let hour = 0; hour <= hours; hour += 3) {
    const at = startedAt + (hour * 3_600_000) / speed;
    parts.push(`<text x="${x(at)}" y="${height - bottom + 18}" text-anchor="middle">${hour} h</text>`);
  }
  for (const { at, name } of kills) {
    parts.push(
      `<line x1="${x(at)}" y1="${top}" x2="${x(at)}" y2="${height - bottom}" stroke="#999" stroke-dasharray="2 3"/>`,
      `<text x="${x(at)}" y="${height - bottom + 30}" font-size="8" transform="rotate(45 ${x(at)} ${height - bottom + 30})">${name}</text>`,
    );
  }
  for (const [curve, colour] of Object.entries(curves)) {
    const points = bins
      .filter(({ at }) => at >= startedAt)
      .map((bin) => `${x(bin.at)},${y(bin[curve] / 1000)}`);
    parts.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
  }
  Object.entries(curves).forEach(([curve, colour], index) => {
    parts.push(`<text x="${left + 90 * index}" y="${top - 12}" fill="${colour}">${curve}</text>`);
  });
  const title = 'How long after it was due a run was requested, by the hour of the day; dashed: killed then';
  await writeFile(
    join(import.meta.dirname, '..', 'history', 'day.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="24">${title}</text>
${parts.join('\n')}
</svg>
`,
  );
}
