import type { EventStore } from '../ports/eventStore.ts';
import type { Generation, ReadModels } from '../ports/readModels.ts';
import { batches } from '../reading/batches.ts';
import { opensNone } from '../reading/opensNone.ts';
import { keyedRecords, project } from './batch.ts';
import type { Projection } from './projection.ts';

/** How far the documents of a projection are, in positions of the trail. */
export type ProjectionProgress = {
  /** the last event that is in the documents */
  readonly position: number;
  /** where the trail ended when it was last looked at */
  readonly head: number;
};

/** How a catch-up or a rebuild is watched, and how it is given up. */
export type AdvanceOptions = {
  /** called after every batch, and awaited: one that sleeps leaves time to others */
  readonly onProgress?: ((progress: ProjectionProgress) => unknown) | undefined;
  /** gives up between two batches: the call rejects with the signal's reason; what was done stays done */
  readonly signal?: AbortSignal | undefined;
};

export type AdvanceParts = {
  readonly eventStore: Pick<EventStore, 'readTrail' | 'readHead'>;
  readonly readModels: ReadModels;
  /** how many events are applied in one transaction */
  readonly batchEvents: number;
};

/** How many documents are kept, while nobody else moves the generation, so that they need not be loaded again. */
const maxKeptDocuments = 20_000;

/**
 * Brings a generation up to `head`, a position of the trail. Answers `outrun` where somebody else moved it meanwhile, or dropped it:
 * look again, and go on from there.
 */
export async function advance<Document>(
  { eventStore, readModels, batchEvents }: AdvanceParts,
  projection: Projection<Document>,
  generation: Generation,
  head: number,
  { onProgress, signal }: AdvanceOptions,
): Promise<'done' | 'outrun'> {
  const documents = new Map<string, string | null>();
  let from = generation.position;
  if (from >= head) return 'done';
  for await (const events of batches(
    eventStore.readTrail({ after: from, upTo: head, opens: opensNone }),
    batchEvents,
  )) {
    signal?.throwIfAborted();
    const to = events.at(-1)?.position ?? from;
    const records = keyedRecords(projection, events);
    if (documents.size > maxKeptDocuments) documents.clear();
    const unknown = [...new Set(records.map(({ key }) => key))].filter((key) => !documents.has(key));
    if (unknown.length > 0) {
      const loaded = await readModels.load(projection.name, generation.id, unknown);
      for (const key of unknown) documents.set(key, loaded.get(key) ?? null);
    }
    const changes = project(projection, documents, records);
    if ((await readModels.apply(projection.name, generation.id, { from, to, changes })) === 'outrun') return 'outrun';
    from = to;
    await onProgress?.({ position: to, head });
  }
  return 'done';
}
