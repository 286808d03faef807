import { describe, expect, it } from '@jest/globals';
import { EnvironmentError, parseEnvironment } from '@tidetable/service-host';
import { schedulerEnvSchema } from './scheduler.env.js';

const addresses = {
  METADATA_DATABASE_URL: 'postgres://tidetable:secret@127.0.0.1/metadata',
  NATS_URL: 'nats://127.0.0.1:4222,nats://127.0.0.2:4222',
};

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    parseEnvironment(schedulerEnvSchema, environment);
    return [];
  } catch (error) {
    return error instanceof EnvironmentError ? error.problems : [String(error)];
  }
};

describe('the environment of the scheduler', () => {
  it('needs the two addresses and nothing else', () => {
    expect(parseEnvironment(schedulerEnvSchema, addresses)).toMatchObject({
      CLAIM_BATCH: 500,
      CLAIM_INTERVAL_MS: 1_000,
      HEALTH_PORT: 8081,
      LOG_LEVEL: 'info',
      RUN_DEADLINE_SECONDS: 10_800,
    });
    expect(problemsOf({}).map((problem) => problem.split(' ')[0])).toEqual([
      'METADATA_DATABASE_URL',
      'NATS_URL',
    ]);
  });

  it.each([
    ['METADATA_DATABASE_URL', 'http://secret'],
    ['NATS_URL', 'secret:4222'],
    ['CLAIM_BATCH', '0'],
    ['CLAIM_INTERVAL_MS', 'secret'],
    ['RUN_DEADLINE_SECONDS', '-1'],
    ['LOG_LEVEL', 'loud'],
  ])('names %s when it is wrong, and not its value', (name, value) => {
    const problems = problemsOf({ ...addresses, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} is not valid`));
    expect(problems[0]).not.toContain('secret');
  });

  it('describes every variable', () => {
    const undescribed = Object.entries(schedulerEnvSchema.shape).filter(([, schema]) => !schema.description);
    expect(undescribed.map(([name]) => name)).toEqual([]);
  });
});
