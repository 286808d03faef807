import pg from 'pg';

/** What a reader who never stops looking saw of a table. */
export interface Watch {
  /** Stops looking and returns every distinct sight, in order. */
  end(): Promise<string[]>;
}

/**
 * Reads the table over and over on a connection of its own, as a dashboard would: how many rows, and which
 * versions of the file they come from. A table that is missing shows as `missing`.
 */
export function watchTable(url: string, table: string, versionColumn = 'version'): Watch {
  const sights: string[] = [];
  let going = true;
  const look = async (client: pg.Client): Promise<string> => {
    try {
      const { rows } = await client.query<{ n: string; versions: string }>(
        `SELECT count(*) AS n, string_agg(DISTINCT ${versionColumn}::text, '+') AS versions FROM ${table}`,
      );
      return `${rows[0]!.n} rows of ${rows[0]!.versions}`;
    } catch (error) {
      return (error as { code?: string }).code === '42P01' ? 'missing' : `error ${(error as Error).message}`;
    }
  };
  const watching = (async () => {
    const client = new pg.Client({ connectionString: url, application_name: 'tidetable-e2e-reader' });
    await client.connect();
    while (going) {
      const sight = await look(client);
      if (sights.at(-1) !== sight) sights.push(sight);
    }
    await client.end();
  })();
  return {
    end: async () => {
      going = false;
      await watching;
      return sights;
    },
  };
}
