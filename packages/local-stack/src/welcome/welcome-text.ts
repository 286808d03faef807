import { type StackFile } from './stack-file.js';

/** Where everything is, with commands that work as they are pasted. */
export function welcomeText(stack: StackFile, sampleUrl: string, dataFolder: string): string {
  const apiKey = stack.apiKey || 'YOUR_KEY';
  const endpoint = `${stack.apiUrl}/api/v1/synchronizations`;
  const rows = [
    ['API', `${stack.apiUrl}/api/v1`],
    ['Account', stack.username],
    ['API key', stack.apiKey || 'none'],
    ['Tables', stack.destinationDatabaseUrl],
    ['Metadata', stack.metadataDatabaseUrl],
    ['NATS', stack.natsUrl],
    ['Logs', `${dataFolder}/logs`],
  ];
  return [
    ...rows.map(([name, value]) => `  ${(name ?? '').padEnd(9)} ${value}`),
    '',
    'Keep another table in step (put the address of your own file in):',
    '',
    `  curl -u ${stack.username}:${apiKey} -H 'Content-Type: application/json' \\`,
    `    -d '{"url": "${sampleUrl}", "interval": 3600}' ${endpoint}`,
    '',
    'See what is kept in step:',
    '',
    `  curl -u ${stack.username}:${apiKey} ${endpoint}`,
    '',
    'Ctrl-C stops everything. The data are kept for the next start.',
  ].join('\n');
}
