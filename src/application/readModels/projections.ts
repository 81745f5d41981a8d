import { PaymentMethodsError } from '../errors.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Generation, ReadModels, Tally, TallyDocuments } from '../ports/readModels.ts';
import type { AdvanceOptions, AdvanceParts } from './advance.ts';
import { advance } from './advance.ts';
import type { Projection } from './projection.ts';

/** The ports that `Projections` works by. */
export type ProjectionsParts = {
  readonly eventStore: Pick<EventStore, 'readTrail' | 'readHead'>;
  readonly readModels: ReadModels;
  /** how many events are applied in one transaction; 500 if absent */
  readonly batchEvents?: number | undefined;
};

/** How fresh the documents are to be. */
export type ReadModelOptions = {
  /** brings the documents to the trail's head before they are read; they are read as they are if absent */
  readonly caughtUp?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Where a list of documents begins, and how fresh they are. */
export type ListOptions = ReadModelOptions & {
  /** behind this key; from the first if absent */
  readonly after?: string | undefined;
};

/** A document, and the key it stands under. */
export type ReadModelDocument<Document> = { readonly key: string; readonly document: Document };

/** So often the documents that are read may have come further, just when those that were built were to take their place. */
const maxTries = 100;
const pageSize = 500;

type AnyProjection = Projection<never>;

/**
 * Read models: documents that projections make of a trail. Each event is in them once, whatever crashes and however many
 * processes are at it; they always equal a replay of the trail from its beginning, up to their position.
 */
export class Projections {
  readonly #parts: AdvanceParts;

  constructor({ eventStore, readModels, batchEvents = 500 }: ProjectionsParts) {
    this.#parts = { eventStore, readModels, batchEvents };
  }

  /**
   * Brings the documents to where the trail ended when the call began; builds them first, beside what is there, where this
   * version never was. Of several processes that do it at once one applies each event. Throws a store's error,
   * `EVENT_INVALID` and `PROJECTION_FAILED` (the documents stay as they were before that event's batch), `CONTENTION`, and
   * the signal's reason.
   */
  async catchUp<Document>(projection: Projection<Document>, options: AdvanceOptions = {}): Promise<void> {
    const { eventStore, readModels } = this.#parts;
    const { position: head } = await eventStore.readHead();
    // Comes to an end: whoever outran this call came nearer to the head, which is not looked at again.
    for (;;) {
      options.signal?.throwIfAborted();
      const active = activeOf(projection, await readModels.generations(projection.name));
      if (active === undefined) await this.rebuild(projection, options);
      else if ((await advance(this.#parts, projection, active, head, options)) === 'done') return;
    }
  }

  /**
   * Builds the documents anew from the trail's beginning, beside those that are read meanwhile, and puts them in their
   * place at once. A rebuild of the same version that was broken off, or that another process is at, is gone on with.
   * Throws as `catchUp` does; what was read before is read still then.
   */
  async rebuild<Document>(projection: Projection<Document>, options: AdvanceOptions = {}): Promise<void> {
    const { eventStore, readModels } = this.#parts;
    const { name } = projection;
    let { id } = await readModels.begin(nameOf(projection));
    for (let tries = 1; tries <= maxTries; ) {
      options.signal?.throwIfAborted();
      const { position: head } = await eventStore.readHead();
      const generations = await readModels.generations(name);
      const generation = generations.find((one) => one.id === id);
      if (generation === undefined) {
        // Another process finished it, and somebody has replaced it since; or it went with another version.
        if (Number(activeOf(projection, generations)?.id ?? 0) > Number(id)) return;
        ({ id } = await readModels.begin(nameOf(projection)));
      } else if ((await advance(this.#parts, projection, generation, head, options)) === 'done') {
        if ((await readModels.activate(name, id)) === 'activated') return;
        tries += 1;
      }
    }
    throw contended(projection);
  }

  /**
   * The document under a key; undefined if there is none. Throws `PROJECTION_NOT_BUILT` where this version never was, and
   * with `caughtUp` what `catchUp` throws.
   */
  async read<Document>(
    projection: Projection<Document>,
    key: string,
    options: ReadModelOptions = {},
  ): Promise<Document | undefined> {
    await this.#prepare(projection, options);
    const found = await this.#parts.readModels.read(nameOf(projection), key);
    if (found === null) throw notBuilt(projection);
    const [one] = found.documents;
    return one === undefined ? undefined : (JSON.parse(one.document) as Document);
  }

  /**
   * All documents, in the byte order of their keys, in constant memory. No snapshot: a document that changes meanwhile is
   * there as it was or as it is. Throws as `read` does.
   */
  async *list<Document>(
    projection: Projection<Document>,
    options: ListOptions = {},
  ): AsyncGenerator<ReadModelDocument<Document>, void, undefined> {
    await this.#prepare(projection, options);
    let { after } = options;
    for (let isLast = false; !isLast; ) {
      options.signal?.throwIfAborted();
      const found = await this.#parts.readModels.list(nameOf(projection), { after, limit: pageSize });
      if (found === null) throw notBuilt(projection);
      for (const { key, document } of found.documents) yield { key, document: JSON.parse(document) as Document };
      isLast = found.documents.length < pageSize;
      after = found.documents.at(-1)?.key;
    }
  }

  /**
   * Counts what is in the documents, where they are kept: what it answers is small, however many they are. Throws as `read`
   * does.
   */
  async tally<Document>(
    projection: Projection<Document>,
    asked: TallyDocuments,
    options: ReadModelOptions = {},
  ): Promise<readonly Tally[]> {
    await this.#prepare(projection, options);
    const found = await this.#parts.readModels.tally(nameOf(projection), asked);
    if (found === null) throw notBuilt(projection);
    return found;
  }

  /** What there is of a projection: what is read, what is being built, and how far each is. */
  async status(projection: { readonly name: string }): Promise<readonly Generation[]> {
    return this.#parts.readModels.generations(projection.name);
  }

  async #prepare<Document>(
    projection: Projection<Document>,
    { caughtUp = false, signal }: ReadModelOptions,
  ): Promise<void> {
    signal?.throwIfAborted();
    if (caughtUp) await this.catchUp(projection, { signal });
  }
}

type Named = Pick<AnyProjection, 'name' | 'version'>;

function nameOf({ name, version }: Named): Named {
  return { name, version };
}

function activeOf({ version }: Named, generations: readonly Generation[]): Generation | undefined {
  return generations.find((generation) => generation.state === 'active' && generation.version === version);
}

function notBuilt({ name, version }: Named): PaymentMethodsError {
  return new PaymentMethodsError(
    'PROJECTION_NOT_BUILT',
    `Projection ${name} (version ${version}) has no documents yet. Call catchUp or rebuild, or read with { caughtUp: true }.`,
    { details: { projection: name, version } },
  );
}

function contended({ name, version }: Named): PaymentMethodsError {
  return new PaymentMethodsError(
    'CONTENTION',
    `Projection ${name} was built, and each of ${maxTries} times that it was to take its place, the documents in use were further. Call again: it goes on where it is.`,
    { details: { projection: name, version } },
  );
}
