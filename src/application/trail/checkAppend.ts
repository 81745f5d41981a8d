import { PaymentMethodsError } from '../errors.ts';
import type { NewEvent, StreamAppend } from '../ports/eventStore.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const streamPattern = /^[A-Za-z0-9._:/-]{1,500}$/;
const typePattern = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;
/** A pair of surrogates, each spelled as an escape: fine. */
const escapedPair = /\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/gi;
/** A NUL, or half a pair, spelled as an escape: valid JSON, but Postgres cannot store it as text. */
const unstorableEscape = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;
/** Half a pair as it is: UTF-8 has no bytes for it. */
const halfPair = /\p{Cs}/u;

/** What one event may weigh: `data` and `metadata` together, in UTF-16 units. */
const maxEventSize = 256 * 1024;

/**
 * What every event store asks of an append before it takes it. Throws `EVENT_INVALID`, naming the stream and the event;
 * so that one caller's bad data never reaches a call that carries others'.
 */
export function checkAppend(appends: readonly StreamAppend[]): void {
  if (appends.length === 0) throw invalid('An append must name at least one stream.', '', '');
  const streams = new Set<string>();
  for (const { stream, events, expectedVersion } of appends) {
    if (!streamPattern.test(stream)) throw invalid('A stream name has characters it cannot have.', stream, '');
    if (streams.has(stream)) throw invalid('A stream stands twice in one append.', stream, '');
    if (events.length === 0) throw invalid('An append must hold at least one event.', stream, '');
    if (typeof expectedVersion === 'number' && !(Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)) {
      throw invalid('An expected version must be a whole number from 0.', stream, '');
    }
    streams.add(stream);
    const ids = new Set(events.map(({ eventId }) => eventId));
    if (ids.size < events.length) throw invalid('An event id stands twice in one append.', stream, '');
    for (const event of events) checkEvent(stream, event);
  }
}

function checkEvent(stream: string, event: NewEvent): void {
  if (!uuidPattern.test(event.eventId)) throw invalid('An event id must be a lower-case UUID.', stream, event.eventId);
  if (!typePattern.test(event.type))
    throw invalid('An event type has characters it cannot have.', stream, event.eventId);
  if (event.data.length + event.metadata.length > maxEventSize) {
    throw invalid(`An event may weigh ${maxEventSize} characters at most.`, stream, event.eventId);
  }
  for (const text of [event.data, event.metadata]) checkJson(text, stream, event.eventId);
}

function checkJson(text: string, stream: string, eventId: string): void {
  if (!text.startsWith('{') || !text.endsWith('}') || !isJson(text)) {
    throw invalid('An event must be a JSON object, with nothing around it.', stream, eventId);
  }
  if ((text.includes('\\u') && unstorableEscape.test(text.replace(escapedPair, ''))) || halfPair.test(text)) {
    throw invalid('An event holds a NUL or half a surrogate pair, which Postgres cannot store.', stream, eventId);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(message: string, stream: string, eventId: string): PaymentMethodsError {
  const details = { stream: stream.slice(0, 100), eventId: eventId.slice(0, 100) };
  return new PaymentMethodsError('EVENT_INVALID', `${message} (stream ${JSON.stringify(details.stream)})`, { details });
}
