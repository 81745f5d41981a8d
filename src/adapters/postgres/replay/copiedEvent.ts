import type { RecordedEvent } from '../../../application/ports/eventStore.ts';

/** The columns of a copy, in the order in which `readCopiedEvent` takes them. */
export const copiedColumns = 'position, version, stream, type, data, metadata, event_id, recorded_at, hash';

const columnCount = 9;
/** Before the first row of a binary copy; its last 8 bytes are flags and an extension, both empty. */
const signature = Buffer.from('PGCOPY\n\u00ff\r\n\0', 'latin1');
const headerLength = signature.length + 8;
const lengthBytes = 4;
/** Microseconds from 1970, from which JavaScript counts, to 2000, from which Postgres does. */
const epochMicros = 946_684_800_000_000n;

/** An event as a copy brought it: what replays seldom look at is made when it is looked at. */
class CopiedEvent implements RecordedEvent {
  readonly trail: string;
  readonly position: number;
  readonly version: number;
  readonly stream: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  /** event_id, recorded_at and hash as they came: a byte a character */
  readonly #rest: string;

  constructor(trail: string, row: Buffer, start: number) {
    let at = start;
    const next = () => {
      const from = at + lengthBytes;
      at = from + row.readInt32BE(at);
      return from;
    };
    this.trail = trail;
    this.position = readNumber(row, next());
    this.version = readNumber(row, next());
    this.stream = row.toString('utf8', next(), at);
    this.type = row.toString('utf8', next(), at);
    this.data = row.toString('utf8', next(), at);
    this.metadata = row.toString('utf8', next(), at);
    this.#rest = row.toString('latin1', at);
  }

  get eventId(): string {
    const hex = this.#bytes(lengthBytes, 16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  get recordedAt(): string {
    const micros = this.#bytes(2 * lengthBytes + 16, 8).readBigInt64BE() + epochMicros;
    const millis = new Date(Number(micros / 1000n)).toISOString().slice(0, -1);
    return `${millis}${String(micros % 1000n).padStart(3, '0')}Z`;
  }

  get hash(): string {
    return this.#bytes(3 * lengthBytes + 24, 32).toString('hex');
  }

  #bytes(from: number, length: number): Buffer {
    return Buffer.from(this.#rest.slice(from, from + length), 'latin1');
  }
}

/** The event in a message of a binary copy; null in the one that ends it. The message may be overwritten after that. */
export function readCopiedEvent(trail: string, message: Buffer): RecordedEvent | null {
  const start = isFirst(message) ? headerLength : 0;
  if (start === message.length) return null;
  const columns = message.readInt16BE(start);
  if (columns === -1) return null;
  if (columns !== columnCount)
    throw new TypeError(`a copied event has ${columns} columns, and should have ${columnCount}`);
  return new CopiedEvent(trail, message, start + 2);
}

/** A row begins with its number of columns: two bytes that no signature begins with. */
function isFirst(message: Buffer): boolean {
  return message[0] === signature[0] && message.subarray(0, signature.length).equals(signature);
}

function readNumber(row: Buffer, at: number): number {
  return row.readInt32BE(at) * 2 ** 32 + row.readUInt32BE(at + 4);
}
