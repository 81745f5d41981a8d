import type {
  Applied,
  Generation,
  ListDocuments,
  ProjectionName,
  ReadDocuments,
  ReadModels,
  Tally,
  TallyDocuments,
} from '../../../application/ports/readModels.ts';
import { decideActivation } from '../../../application/readModels/generations.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from '../options.ts';
import type { PgPool, PgRow } from '../pool.ts';
import { inTransaction } from '../query.ts';
import type { CallOptions } from '../statements.ts';
import { runStatement, runWork } from '../statements.ts';
import { readModelTexts } from './readModelTexts.ts';

/** Where a trail's documents are kept. */
export type PostgresReadModelsOptions = {
  /** The host's `pg.Pool`, or anything of its shape; its role has the app role, or owns the tables. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** `default` if absent */
  readonly trail?: string | undefined;
};

const deadlineMs = 15_000;
/** How many documents of a dropped generation are deleted in one transaction. */
const sweptAtOnce = 10_000;

/** Keeps read models in Postgres, beside the trail, as `ReadModels` promises. */
export class PostgresReadModels implements ReadModels {
  readonly #call: CallOptions;
  readonly #trail: string;
  readonly #texts: ReturnType<typeof readModelTexts>;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, schema = defaultSchema, trail = 'default' }: PostgresReadModelsOptions) {
    this.#call = { pool: checkPool(pool), schema, deadlineMs };
    this.#trail = checkTrail(trail);
    this.#texts = readModelTexts(quoteSchema(schema));
  }

  async generations(name: string): Promise<readonly Generation[]> {
    return (await this.#read(this.#texts.generations, name)).map(toGeneration);
  }

  async begin({ name, version }: ProjectionName): Promise<Generation> {
    await this.#sweep(name);
    for (;;) {
      await this.#write(this.#texts.begin, name, version);
      const [row] = await this.#read(this.#texts.building, name, version);
      // Gone already if another process finished it in between.
      if (row !== undefined) return toGeneration(row);
    }
  }

  async load(_name: string, generation: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#read(this.#texts.load, generation, JSON.stringify(keys));
    return new Map(rows.map(toDocument).map(({ key, document }) => [key, document]));
  }

  async apply(_name: string, generation: string, { from, to, changes }: Applied): Promise<'applied' | 'outrun'> {
    const put = changes.flatMap(({ key, document }) => (document === null ? [] : [[key, document]]));
    const gone = changes.flatMap(({ key, document }) => (document === null ? [key] : []));
    const texts = [JSON.stringify(put), JSON.stringify(gone)];
    const rows = await this.#write(this.#texts.apply, generation, from, to, ...texts);
    return rows.length > 0 ? 'applied' : 'outrun';
  }

  async activate(name: string, generation: string): Promise<'activated' | 'behind' | 'gone'> {
    const result = await runWork(this.#call, true, (connection) =>
      inTransaction(connection, 'isolation level read committed', async () => {
        const ask = async (text: string, ...values: string[]) =>
          (await connection.query({ text, values: [this.#trail, ...values] })).rows;
        const activation = decideActivation((await ask(this.#texts.lock, name)).map(toGeneration), generation);
        if (activation.result !== 'activated') return activation.result;
        await ask(this.#texts.drop, activation.dropped.join(','));
        await ask(this.#texts.activate, generation);
        return activation.result;
      }),
    );
    // It is active, whether or not what it replaced can be removed just now; the next one to begin removes that too.
    if (result === 'activated') await this.#sweep(name).catch(() => {});
    return result;
  }

  async read({ name, version }: ProjectionName, key: string): Promise<ReadDocuments | null> {
    return toDocuments(await this.#read(this.#texts.read, name, version, key));
  }

  async list({ name, version }: ProjectionName, { after, limit }: ListDocuments): Promise<ReadDocuments | null> {
    return toDocuments(await this.#read(this.#texts.list, name, version, after ?? '', limit));
  }

  async tally({ name, version }: ProjectionName, asked: TallyDocuments): Promise<readonly Tally[] | null> {
    const { list = '', by, least } = asked;
    const rows = await this.#read(this.#texts.tally, name, version, list, by, least);
    // As with documents: a row without anything says that there is an active generation.
    if (rows.length === 0) return null;
    return rows.flatMap(({ by: text, count, least: first }) =>
      typeof text === 'string' ? [{ by: text, count: Number(count), least: first ?? '' }] : [],
    );
  }

  async #sweep(name: string): Promise<void> {
    for (const { id } of await this.#read(this.#texts.dropped, name)) {
      for (let count = sweptAtOnce; count === sweptAtOnce; ) {
        const [row] = await this.#write(this.#texts.sweep, id ?? '', sweptAtOnce);
        count = Number(row?.['count'] ?? 0);
      }
      await this.#write(this.#texts.forget, id ?? '');
    }
  }

  #read(text: string, ...values: (string | number)[]): Promise<PgRow[]> {
    return runStatement(this.#call, false, { text, values: [this.#trail, ...values] });
  }

  #write(text: string, ...values: (string | number)[]): Promise<PgRow[]> {
    return runStatement(this.#call, true, { text, values: [this.#trail, ...values] });
  }
}

function toGeneration(row: PgRow): Generation {
  return {
    id: row['id'] ?? '',
    version: Number(row['version']),
    state: row['state'] === 'active' ? 'active' : 'building',
    position: Number(row['position']),
  };
}

function toDocument(row: PgRow): { readonly key: string; readonly document: string } {
  return { key: row['key'] ?? '', document: row['document'] ?? '' };
}

/** A row without a key says that there is an active generation, and nothing of what was asked for in it. */
function toDocuments(rows: readonly PgRow[]): ReadDocuments | null {
  const [first] = rows;
  if (first === undefined) return null;
  return { position: Number(first['position']), documents: rows.filter(({ key }) => key !== null).map(toDocument) };
}
