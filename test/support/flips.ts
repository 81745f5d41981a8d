import type { Seal, TrailProblem } from '../../src/adapters/audit/index.ts';
import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { Trail } from './trailView.ts';
import { eventAt } from './trailView.ts';

export type Sealed = Trail & { readonly seals: readonly Seal[] };

/** What somebody did, and where and as what verify has to name it. */
export type Tamper = Sealed & { readonly title: string; readonly position: number; readonly problem: TrailProblem };

/** A whole number from `least` to `most`. */
export type Pick = (least: number, most: number) => number;

export type Kind = (sealed: Sealed, pick: Pick) => Tamper;

const textFields = ['trail', 'stream', 'eventId', 'type', 'data', 'metadata', 'recordedAt'] as const;
const numberBits = 40;

export function flipEvent(sealed: Sealed, pick: Pick): Tamper {
  const event = pickEvent(sealed, pick);
  const changed = flipped(event, pick);
  const title = `a bit of ${event.position}: ${JSON.stringify(changed)}`;
  const events = sealed.events.map((one) => (one === event ? changed : one));
  return { ...sealed, events, title, ...whereChanged(sealed, event, changed) };
}

/** The event with one bit of one field changed. */
export function flipped(event: RecordedEvent, pick: Pick): RecordedEvent {
  const field = ([...textFields, 'position', 'version', 'hash'] as const)[pick(0, textFields.length + 2)];
  if (field === undefined || field === 'hash') return { ...event, hash: flippedHex(event.hash, pick) };
  if (field === 'position' || field === 'version') return { ...event, [field]: flippedNumber(event[field], pick) };
  return { ...event, [field]: flippedText(event[field], pick) };
}

/** Where and as what verify has to name an event that is in the trail as `changed`. */
export function whereChanged({ events }: Sealed, { position }: RecordedEvent, changed: RecordedEvent) {
  // It comes behind the event that has its new position already, or before all; else the one after it is met too early.
  if (changed.position < position) {
    return { position: Math.max(0, changed.position) + 1, problem: 'positionOutOfOrder' } as const;
  }
  if (changed.position > position) return { position, problem: 'positionOutOfOrder' } as const;
  return { position, problem: problemOf(changed, events) };
}

/** Of an event at its own position whose fields are not those it was hashed with: its version is looked at first. */
export function problemOf(changed: RecordedEvent, events: readonly RecordedEvent[]): TrailProblem {
  const before = events.filter(({ position, stream }) => position < changed.position && stream === changed.stream);
  return changed.version === before.length + 1 ? 'hashMismatch' : 'versionOutOfOrder';
}

export function flipHead(sealed: Sealed, pick: Pick): Tamper {
  const { position, hash } = sealed.head;
  if (pick(0, 1) === 0) {
    const head = { position, hash: flippedHex(hash, pick) };
    return { ...sealed, head, title: 'a bit of the head’s hash', position, problem: 'headMismatch' };
  }
  const head = { position: flippedNumber(position, pick), hash };
  const found = Math.max(1, Math.min(head.position, position + 1));
  return { ...sealed, head, title: `the head at ${head.position}`, position: found, problem: 'headMismatch' };
}

const sealFields = ['format', 'trail', 'hash', 'sealedAt', 'keyId', 'signature', 'position'] as const;

export function flipSeal(sealed: Sealed, pick: Pick): Tamper {
  const index = pick(0, sealed.seals.length - 1);
  const field = sealFields[pick(0, sealFields.length - 1)] ?? 'format';
  const seal = sealed.seals[index];
  if (seal === undefined) throw new RangeError(`no seal ${index}`);
  const value = field === 'position' ? flippedNumber(seal.position, pick) : flippedText(seal[field], pick);
  const changed = { ...seal, [field]: value } as Seal;
  const title = `a bit of ${field} of seal ${index + 1}: ${JSON.stringify(value)}`;
  const seals = sealed.seals.with(index, changed);
  return { ...sealed, seals, title, position: changed.position, problem: sealProblem(field, String(value)) };
}

function sealProblem(field: (typeof sealFields)[number], value: string): TrailProblem {
  const spelling = {
    format: /^$/,
    trail: /^[\w.:-]+$/,
    hash: /^[0-9a-f]{64}$/,
    sealedAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    keyId: /^[\w.:/-]+$/,
    signature: /^[0-9a-f]{128}$/,
    position: /^[1-9]\d*$/,
  }[field];
  if (!spelling.test(value)) return 'sealInvalid';
  if (field === 'trail') return 'sealOfAnotherTrail';
  return field === 'keyId' ? 'sealKeyUnknown' : 'sealSignatureInvalid';
}

export function pickEvent({ events }: Sealed, pick: Pick): RecordedEvent {
  return eventAt(events, pick(1, events.length));
}

function flippedNumber(value: number, pick: Pick): number {
  return Number(BigInt(value) ^ (1n << BigInt(pick(0, numberBits))));
}

function flippedText(text: string, pick: Pick): string {
  return flippedBytes(Buffer.from(text, 'utf8'), pick).toString('utf8');
}

function flippedHex(hex: string, pick: Pick): string {
  return flippedBytes(Buffer.from(hex, 'hex'), pick).toString('hex');
}

function flippedBytes(bytes: Buffer, pick: Pick): Buffer {
  const at = pick(0, bytes.length - 1);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << pick(0, 7)), at);
  return bytes;
}
