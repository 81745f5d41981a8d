import { importEmmett } from '../appenders/emmett.ts';
import { sample } from '../appenders/appender.ts';

/** As many as its defaults read in a few seconds. */
export const emmettEvents = 5_000;
const eventsPerAppend = 100;

type Store = {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(stream: string, events: readonly object[]): Promise<unknown>;
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
