import type { IsSigned } from './checkSeals.ts';
import { checkSeals } from './checkSeals.ts';
import { genesisHash, hashInput } from './hashInput.ts';
import type { EventStore, RecordedEvent, TrailHead } from '../ports/eventStore.ts';
import type { Seal, SealSink } from '../ports/sealSink.ts';
import { opensNone } from '../reading/opensNone.ts';
import type { Finding, TrailProblem } from './trailProblem.ts';

/** What a trail is verified against, and from where. */
export type VerifyOptions = {
  /** the trail that the seals must be of; `default` if absent */
  readonly trail?: string | undefined;
  /** start from this seal, trusting what stands before it; from the beginning if absent */
  readonly after?: Seal | undefined;
  /** what the trail must still fit */
  readonly seals?: readonly Seal[] | Pick<SealSink, 'read'> | undefined;
  /** PEM texts (SPKI) by key id: every key that ever made one of these seals */
  readonly publicKeys?: Readonly<Record<string, string>> | undefined;
  /** called every thousand events and at the end, with how many were checked and where the trail ended at the start */
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** gives up: the call rejects with the signal's reason */
  readonly signal?: AbortSignal | undefined;
};

/** How many events were checked, and the position where the trail ended at the start. */
export type VerifyProgress = { readonly checked: number; readonly head: number };

/** What a verification found: all of it fits, or the first event that does not. */
export type Verification =
  | {
      readonly intact: true;
      /** how many events were checked */
      readonly events: number;
      /** the last event's hash; `genesisHash` of an empty trail */
      readonly hash: string;
      /** the last sealed position, 0 without a seal: events after it are chained, not yet sealed */
      readonly sealedUpTo: number;
    }
  | (Finding & {
      readonly intact: false;
      /** how many events were found good before the first bad one */
      readonly events: number;
    });

/** SHA-256 of the previous hash's 32 bytes followed by the text in UTF-8; hashes are 64 hex digits. */
export type NextHash = (previous: string, input: string) => string;

/** The two functions a verification computes with, so that any platform can bring its own. */
export type TrailCrypto = { readonly nextHash: NextHash; readonly isSigned: IsSigned };

/** The part of an event store that a verification needs: it writes nothing. */
export type ReadableTrail = Pick<EventStore, 'readTrail' | 'readStream' | 'readHead'>;

type SealedHashes = ReadonlyMap<number, string>;

const progressEvery = 1000;

const beginning: TrailHead = { position: 0, hash: genesisHash };

/**
 * Reads a trail and recomputes every position, stream version and hash, that it ends where its head says, and that it
 * still fits every seal. Finds, up to the first that does not fit: any change to any field of any event, any event
 * removed, added or moved, and, against seals, a tail that was cut off and a trail that was rewritten with its hashes. What
 * it cannot see is a change to events after the last seal by somebody who recomputes their hashes and the head. Events
 * appended meanwhile are checked too, as far as it comes across them.
 */
export async function verifyTrail(
  store: ReadableTrail,
  { nextHash, isSigned }: TrailCrypto,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { trail = 'default', after, publicKeys = {}, onProgress, signal } = options;
  const sealed = await checkSeals(allSeals(options, trail), { trail, publicKeys, isSigned, signal });
  if (sealed.finding !== null) return { intact: false, events: 0, ...sealed.finding };
  const begun = await store.readHead();
  const start = after === undefined ? beginning : await findStart(store, after, begun);
  if ('problem' in start) return { intact: false, events: 0, ...start };

  const versions = new Map<string, number>();
  let { position, hash } = start;
  for await (const event of store.readTrail({ after: position, opens: opensNone })) {
    const previous = versions.get(event.stream) ?? (await versionBefore(store, event, start.position));
    const expected = { position: position + 1, version: previous + 1, hash: nextHash(hash, hashInput(event)) };
    const finding = findFault(event, expected) ?? findMisfit(event, begun, sealed.hashes);
    if (finding !== null) return { intact: false, events: position - start.position, ...finding };
    versions.set(event.stream, event.version);
    ({ position, hash } = event);
    if (position % progressEvery === 0) {
      signal?.throwIfAborted();
      onProgress?.({ checked: position - start.position, head: begun.position });
    }
  }
  const events = position - start.position;
  const finding = findWrongEnd({ position, hash }, begun, await store.readHead(), sealed.last);
  if (finding !== null)
    return { intact: false, events: Math.max(0, Math.min(events, finding.position - start.position - 1)), ...finding };
  onProgress?.({ checked: events, head: begun.position });
  return { intact: true, events, hash, sealedUpTo: sealed.last };
}

async function* allSeals({ after, seals = [] }: VerifyOptions, trail: string): AsyncGenerator<Seal, void, undefined> {
  if (after !== undefined) yield after;
  yield* 'read' in seals ? seals.read(trail) : seals;
}

/** The event before the sealed one, so that the sealed one itself is recomputed. */
async function findStart(store: ReadableTrail, seal: Seal, head: TrailHead): Promise<TrailHead | Finding> {
  if (seal.position > head.position) return missing('sealBeyondEnd', `a seal at ${seal.position}`, head.position);
  const position = seal.position - 1;
  if (position === 0) return beginning;
  for await (const event of store.readTrail({ after: position - 1, opens: opensNone })) {
    if (event.position === position) return { position, hash: event.hash };
    return { position, problem: 'positionOutOfOrder', expected: String(position), actual: String(event.position) };
  }
  return missing('headMismatch', `a head at ${head.position}`, position - 1);
}

/** What a stream's version was before the walk began; only an event that is not its first makes it worth a look. */
async function versionBefore(store: ReadableTrail, { stream, version }: RecordedEvent, start: number): Promise<number> {
  if (start === 0 || version === 1) return 0;
  const before = await store.readStream(stream, { upToPosition: start, opens: opensNone });
  return before.at(-1)?.version ?? 0;
}

type Expected = { readonly position: number; readonly version: number; readonly hash: string };

function findFault(event: RecordedEvent, expected: Expected): Finding | null {
  const fault = (problem: TrailProblem, wanted: string | number, actual: string | number): Finding => {
    return { position: expected.position, problem, expected: String(wanted), actual: String(actual) };
  };
  if (event.position !== expected.position) return fault('positionOutOfOrder', expected.position, event.position);
  if (event.version !== expected.version) return fault('versionOutOfOrder', expected.version, event.version);
  if (event.hash !== expected.hash) return fault('hashMismatch', expected.hash, event.hash);
  return null;
}

/** An event that is good by itself, and not the one that a seal or the head names. */
function findMisfit({ position, hash }: RecordedEvent, head: TrailHead, seals: SealedHashes): Finding | null {
  const sealed = seals.get(position) ?? hash;
  if (sealed !== hash) return { position, problem: 'sealMismatch', expected: sealed, actual: hash };
  if (position !== head.position || head.hash === hash) return null;
  return { position, problem: 'headMismatch', expected: head.hash, actual: hash };
}

/** `begun` and `ended` are the head as it was before the trail was read, and after. */
function findWrongEnd(end: TrailHead, begun: TrailHead, ended: TrailHead, sealed: number): Finding | null {
  if (end.position < begun.position) {
    return missing('headMismatch', `a head at ${begun.position}`, end.position);
  }
  if (ended.position < end.position) {
    const position = Math.max(0, ended.position) + 1;
    return { position, problem: 'headMismatch', expected: `a head at ${ended.position}`, actual: 'an event beyond it' };
  }
  if (ended.position === end.position && ended.hash !== end.hash) {
    return { position: end.position, problem: 'headMismatch', expected: ended.hash, actual: end.hash };
  }
  return sealed > end.position ? missing('sealBeyondEnd', `a seal at ${sealed}`, end.position) : null;
}

function missing(problem: TrailProblem, expected: string, end: number): Finding {
  return { position: end + 1, problem, expected, actual: `an end at ${end}` };
}
