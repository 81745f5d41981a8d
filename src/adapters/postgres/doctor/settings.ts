import { query } from '../query.ts';
import type { Examined, Finding } from './findings.ts';

const consequences: Readonly<Record<string, string>> = {
  fsync: 'a crash of the server can corrupt the database',
  full_page_writes: 'a crash of the server can corrupt the pages that were being written',
  synchronous_commit:
    'a crash of the server can lose what was committed a moment ago; append flushes nevertheless, but nothing else does',
};

/** What is written stays written when the server's machine loses power. */
export async function checkSettings({ connection }: Examined): Promise<Finding[]> {
  const rows = await query(
    connection,
    `select name, setting from pg_settings where name = any (string_to_array($1, ',')) and setting = 'off' order by name`,
    [Object.keys(consequences).join(',')],
  );
  return rows.map(({ name }) => ({
    code: 'DURABILITY_OFF',
    message: `${name} is off: ${consequences[name ?? '']}.`,
    cure: `Set ${name} = on for the server, the database and the connected role, unless the storage promises as much.`,
  }));
}
