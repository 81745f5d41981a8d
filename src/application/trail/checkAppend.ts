import { PaymentMethodsError } from '../errors.ts';
import type { NewEvent, StreamAppend } from '../ports/eventStore.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const streamPattern = /^[A-Za-z0-9._:/-]{1,500}$/;
const typePattern = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;
/** A backslash spelled as an escape: its second one escapes nothing. */
const escapedBackslash = /\\\\/g;
/** A pair of surrogates, each spelled as an escape: fine. */
const escapedPair = /\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/gi;
/** A NUL, or half a pair, spelled as an escape: valid JSON, but Postgres cannot make a text of it. */
const unstorableEscape = /\\u(?:0000|d[89a-f])/i;
/** Half a pair as it is: UTF-8 has no bytes for it. */
const halfPair = /\p{Cs}/u;

/** What one event may weigh: `data` and `metadata` together, in UTF-16 units. */
const maxEventSize = 256 * 1024;

/** How deep its objects and arrays may be nested: far less than Postgres takes with its default stack. */
const maxDepth = 500;

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
  if ((text.includes('\\u') && hasUnstorableEscape(text)) || halfPair.test(text)) {
    throw invalid('An event holds a NUL or half a surrogate pair, which Postgres cannot store.', stream, eventId);
  }
  if (opensOver(maxDepth, text) && depthOf(text) > maxDepth) {
    throw invalid(`An event may be nested ${maxDepth} deep at most.`, stream, eventId);
  }
}

/** Something is left in the place of what is taken out, lest two halves come together that stood apart. */
function hasUnstorableEscape(text: string): boolean {
  return unstorableEscape.test(text.replace(escapedBackslash, '_').replace(escapedPair, '_'));
}

/** True where so many objects and arrays begin that they could be nested too deep: few texts, and quickly seen. */
function opensOver(most: number, json: string): boolean {
  let count = 0;
  for (const opener of ['{', '[']) {
    for (let at = json.indexOf(opener); at !== -1 && count <= most; at = json.indexOf(opener, at + 1)) count += 1;
  }
  return count > most;
}

/** Of the text, not of what it is parsed into: a key that comes twice hides what is under the first. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') isInString = !isInString;
    else if (isInString) at += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1));
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
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
