import { describe, expect, it } from '@jest/globals';
import { createLogger, type Logger } from './logger.js';
import { nestLogger } from './nest-logger.js';

function recording(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { logger: createLogger('fetcher', 'info', { write }), lines };
}

describe('the log of a service', () => {
  it('is one JSON object a line with level, time, service, message and fields', () => {
    const { logger, lines } = recording();
    logger.info({ runId: 'r1' }, 'run finished');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        service: 'fetcher',
        runId: 'r1',
        msg: 'run finished',
      },
    ]);
  });

  it('drops keys, whoever logs them', () => {
    const { logger, lines } = recording();
    logger.warn({ apiKey: 'hunter2', request: { api_key: 'hunter2', authorization: 'hunter2' } }, 'refused');
    expect(lines[0]).toMatchObject({ msg: 'refused', request: {} });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('holds back what is less severe than its level', () => {
    const { logger, lines } = recording();
    logger.debug('chatter');
    expect(lines).toEqual([]);
  });
});

describe("the framework's messages", () => {
  it('are chatter unless they tell of trouble, and errors keep their place', () => {
    const { logger, lines } = recording();
    const nest = nestLogger(logger);
    nest.log('Nest application started', 'NestFactory');
    nest.warn('something is odd', 'Router');
    nest.error(new Error('it broke'), 'ExceptionsHandler');
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'framework message', text: 'something is odd', context: 'Router' },
      { level: 'error', msg: 'framework error', err: { message: 'it broke' }, context: 'ExceptionsHandler' },
    ]);
  });
});
