import { errorCatalogue } from '@tidetable/contracts';
import { generatedNote, table } from './markdown.mjs';

/** The chapters, each with the codes that begin so. */
const chapters = [
  { title: 'Reaching the source', codes: /^source-/ },
  { title: 'Storage services', codes: /^(connection|item)-/ },
  {
    title: 'Reading the file',
    codes: /^(file|shapefile|layers?|geometry|archive|member|crs|csv|json|kml|text|columns|rows|cartodb)-/,
  },
  { title: 'Writing the table', codes: /^(table|storage)-/ },
  { title: 'The refresh itself', codes: /^(run-|internal$)/ },
];

const directives = {
  'retry-later': 'retry later',
  'await-user-fix': 'await a fix',
  'give-up': 'give up',
};

const sources = { user: 'user', external: 'source', tidetable: 'us' };

const introduction = `
# Why a refresh failed

A refresh that fails leaves the table as it was. The record of the synchronization then has the state \`failure\`, an
\`error_code\` and an \`error_message\`; the message says what happened, where (in brackets, when that is known) and what
to do next.

\`error_code\` is the integer that CARTO's clients know, so several of our codes may share one. Our own code, in the first
column, is what logs and the run history have.

**What happens next** is decided by the code and by nothing else:

- **retry later**: waiting may help. It is tried again after 1, 4 and 16 minutes, each a bit later than that and only if
  the interval is longer, and then by the schedule; where the source says for how long it wants to be left alone, not
  before (and after a day at the latest). All of these are one failure.
- **await a fix**: nothing changes until the source does. It is looked at after one interval all the same, so that a fix
  is noticed without anybody telling us.
- **give up**: looking again is pointless until somebody changes something; the schedule stops at once.

After ten failures in a row the schedule stops in every case. A refresh asked for by hand (\`sync_now\`) is tried even
then, and its success starts the schedule again; a change of the interval or an option does so at once.

**Blame** says where to look first: at what the user gave us, at the source's server, or at this installation.
`;

/** docs/errors.md, from the catalogue. */
export function writeErrors() {
  const left = new Set(Object.keys(errorCatalogue));
  const parts = chapters.map(({ title, codes }) => {
    const rows = Object.entries(errorCatalogue)
      .filter(([code]) => codes.test(code) && left.delete(code))
      .map(([code, entry]) => [
        `\`${code}\``,
        String(entry.cartoCode),
        `**${entry.title}.** ${entry.sentence}`,
        entry.remedy,
        directives[entry.directive],
        sources[entry.source],
      ]);
    const headings = ['Code', '`error_code`', 'What happened', 'What to do', 'Next', 'Blame'];
    return `## ${title}\n\n${table(headings, rows)}`;
  });
  if (left.size > 0) throw new Error(`docs/errors.md has no chapter for: ${[...left].join(', ')}`);
  return [generatedNote, introduction, ...parts].join('\n\n');
}
