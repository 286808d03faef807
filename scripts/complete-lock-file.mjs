/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out because the registry it was run
 * against does not carry them. Without them `npm ci` refuses the file everywhere. `--check` only says what is missing.
 *
 * What is added has no integrity, since nobody here has seen it; npm fetches it on that platform alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { checkout } from './run-command.mjs';

const path = join(checkout, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'sunos', 'aix'];

/** The platform that a package's name tells of, in the terms of package.json: `-darwin-arm64`, `-win32-x64-msvc`. */
function platformOf(name) {
  const words = name.split(/[/-]/).map((word) => ({ windows: 'win32', 64: 'x64' })[word] ?? word);
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => /^(x64|ia32|arm64|arm|ppc64|riscv64|s390x|loong64|wasm32)$/.test(word));
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }) };
}

function missingPackages() {
  const missing = {};
  for (const [owner, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`${owner}/node_modules/${name}`, `node_modules/${name}`];
      if (places.some((place) => lock.packages[place]) || !/^\d/.test(version)) continue;
      const dev = entry.dev && { dev: true };
      missing[`node_modules/${name}`] = { version, ...platformOf(name), ...dev, optional: true };
    }
  }
  return missing;
}

const missing = missingPackages();
const names = Object.keys(missing).map((place) => place.replace('node_modules/', ''));
if (names.length === 0) process.exit(0);
if (process.argv.includes('--check')) {
  process.stderr.write(
    `package-lock.json lacks ${names.length} optional packages of other platforms, so npm ci refuses it.\n` +
      `Run \`node scripts/complete-lock-file.mjs\`. Missing:\n${names.map((name) => `  ${name}`).join('\n')}\n`,
  );
  process.exit(1);
}
const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([one], [other]) =>
  one < other ? -1 : 1,
);
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`Added ${names.length} packages to package-lock.json.\n`);
