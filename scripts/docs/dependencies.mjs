import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasons } from './dependency-reasons.mjs';
import { generatedNote, groupByName, table } from './markdown.mjs';

const introduction = `
# Dependencies

Every library and tool that is not ours, its version, and why it is here. Versions are exact and move together in one
commit. Whoever adds a dependency adds its reason in \`scripts/docs/dependency-reasons.mjs\`; the check of generated files
fails otherwise, and also when a reason is left behind.
`;

/** The folders of all workspaces, and the root itself. */
function workspaces(checkout) {
  const within = (folder) => readdirSync(join(checkout, folder)).map((name) => `${folder}/${name}`);
  return ['.', ...within('apps'), ...within('packages'), 'e2e', 'bench', 'chaos'];
}

/** Which workspace uses which version of what. */
function usesIn(checkout) {
  return workspaces(checkout).flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8'));
    const of = (kind) =>
      Object.entries(manifest[kind] ?? {}).map(([name, version]) => ({ kind, name, version }));
    return [...of('dependencies'), ...of('optionalDependencies'), ...of('devDependencies')]
      .filter(({ name }) => !name.startsWith('@tidetable/'))
      .map((use) => ({ ...use, user: folder === '.' ? 'repository' : folder.replace(/^.*\//, '') }));
  });
}

function rowsOf(uses) {
  return [...groupByName(uses)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => {
      const versions = [...new Set(each.map(({ version }) => version))];
      if (versions.length > 1) throw new Error(`${name} is used in several versions: ${versions.join(', ')}`);
      return [`\`${name}\``, versions[0], each.map(({ user }) => user).join(', '), reasons[name]];
    });
}

/** docs/dependencies.md, from every package.json and the reasons. */
export function writeDependencies(checkout) {
  const uses = usesIn(checkout);
  const names = new Set(uses.map(({ name }) => name));
  const unexplained = [...names].filter((name) => reasons[name] === undefined);
  const unused = Object.keys(reasons).filter((name) => !names.has(name));
  if (unexplained.length + unused.length > 0) {
    throw new Error(
      `dependencies without a reason: ${unexplained.join(', ')}; not used any more: ${unused.join(', ')}`,
    );
  }
  const isTool = ({ kind }) => kind === 'devDependencies';
  const part = (title, of) => `## ${title}\n\n${table(['Name', 'Version', 'Used by', 'Why'], rowsOf(of))}`;
  return [
    generatedNote,
    introduction,
    part(
      'What runs',
      uses.filter((use) => !isTool(use)),
    ),
    part('What builds, checks and tests', uses.filter(isTool)),
  ].join('\n\n');
}
