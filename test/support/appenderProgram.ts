import pg from 'pg';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { keepAppending } from '../proofs/appends.ts';

const [, , url, writer = ''] = process.argv;
const pool = new pg.Pool({ connectionString: url, max: 3, application_name: 'appender' });

// To a pipe, Node writes before it goes on: what was acknowledged here is known to the reader, whatever happens next.
keepAppending(new PostgresEventStore({ pool }), writer, (told) => process.stdout.write(`${JSON.stringify(told)}\n`));
