import { randomUUID } from 'node:crypto';
import { importEmmett } from '../appenders/emmett.ts';
import { sample } from '../appenders/appender.ts';
import { Fold } from './fold.ts';

/** As many as its defaults read in a few seconds. */
export const emmettEvents = 5_000;
const eventsPerAppend = 100;

type Processor = {
  readonly processorId: string;
  readonly startFrom: 'BEGINNING';
  readonly stopAfter: () => boolean;
  readonly eachMessage: (message: { readonly data: object }) => void;
};
type Consumer = { reactor(options: Processor): unknown; start(): Promise<void>; close(): Promise<void> };
type Store = {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(stream: string, events: readonly object[]): Promise<unknown>;
  consumer(): Consumer;
  close(): Promise<void>;
};

/** Makes its tables, and fills them as it does. */
export async function fillEmmett(url: string, print: (line: string) => void): Promise<void> {
  const store = (await importEmmett(print)).getPostgreSQLEventStore(url) as unknown as Store;
  await store.schema.migrate();
  const event = { type: sample.type, data: JSON.parse(sample.data) as object, metadata: {} };
  for (let from = 0; from < emmettEvents; from += eventsPerAppend) {
    await store.appendToStream(
      `replay-${from}`,
      Array.from({ length: eventsPerAppend }, () => event),
    );
  }
  await store.close();
}

/** Its consumer, with its defaults. */
export async function replayEmmett(url: string): Promise<number> {
  const store = (await importEmmett(() => {})).getPostgreSQLEventStore(url) as unknown as Store;
  const consumer = store.consumer();
  const fold = new Fold();
  consumer.reactor({
    processorId: randomUUID(),
    startFrom: 'BEGINNING',
    stopAfter: () => fold.events === emmettEvents,
    eachMessage: ({ data }) => fold.add(data),
  });
  await consumer.start();
  await consumer.close();
  await store.close();
  return fold.events;
}
