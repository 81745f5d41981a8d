import type { AsOf, HistoryOptions } from '../commands/commands.ts';
import { parseHistory } from '../commands/commands.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import { decodeEvent } from '../events/eventCodec.ts';
import type { TrailEvent } from '../events/eventTypes.ts';
import type { ReadStreamOptions, RecordedEvent } from '../ports/eventStore.ts';
import type { TrailSource } from './trailSource.ts';
import type { Projections } from '../readModels/projections.ts';
import { readHistory } from '../useCases/history.ts';
import type { History } from '../useCases/results.ts';
import type { CustomerAsOf } from './customerAsOf.ts';
import { customerBehind, positionOfVersion } from './customerAsOf.ts';
import { CustomerEvents } from './customerEvents.ts';
import type { CustomerChange, PaymentMethodChange } from './differences.ts';
import { customerDifferenceOf, differenceOf } from './differences.ts';
import { opensNone } from './opensNone.ts';
import type { Place, ReadOptions } from './readCommand.ts';
import { parseCustomer, parseRead } from './readCommand.ts';

/** An event of one of these types, as it was recorded, decoded and brought to its newest version. */
export type RecordOf<Type extends TrailEvent['type']> = TrailRecord<Extract<TrailEvent, { readonly type: Type }>>;

/** The ports that `Trail` reads by. */
export type TrailParts = {
  readonly eventStore: TrailSource;
  /** finds a customer's payment methods by the read model of them, which it catches up: for trails that are long */
  readonly projections?: Projections | undefined;
};

/** Two moments to compare. */
export type Span = { readonly from: AsOf; readonly to?: AsOf | undefined };

type Asked = ReturnType<typeof parseRead>;
type Range = { readonly after: number; readonly upTo: number };

/** A trail as the domain knows it: reads what was recorded, decoded and in its newest shape. Writes nothing. */
export class Trail {
  readonly #store: TrailSource;
  readonly #projections: Projections | undefined;

  constructor({ eventStore, projections }: TrailParts) {
    this.#store = eventStore;
    this.#projections = projections;
  }

  /**
   * The events asked for, in the order of the trail, up to its head at the time of reading, in constant memory. None is
   * skipped, doubled or reordered. Throws `INVALID_COMMAND` before any I/O, `EVENT_INVALID` at an event that cannot be
   * read (one that is not asked for harms nobody), `KEY_UNREADABLE` at one whose customer's key does not open, a store's
   * error, and the signal's reason.
   *
   * A customer's events are found by reading the trail from its beginning; a stream's are read at once.
   */
  read<Type extends TrailEvent['type'] = TrailEvent['type']>({
    signal,
    ...options
  }: ReadOptions<Type> = {}): AsyncGenerator<RecordOf<Type>, void, undefined> {
    const records = this.#records(parseRead(options), signal);
    // Only events of these types are let through.
    return records as AsyncGenerator<RecordOf<Type>, void, undefined>;
  }

  /**
   * The position of the last event recorded up to an instant; 0 if there is none. Takes the store's clock to run
   * forwards; where it once stepped back, events around the step count as before or after it together.
   */
  async positionAt(instant: Date): Promise<number> {
    let [isBefore, isAfter] = [0, (await this.#store.readHead()).position + 1];
    while (isAfter - isBefore > 1) {
      const middle = Math.floor((isBefore + isAfter) / 2);
      if (await this.#isRecordedBy(instant, middle)) isBefore = middle;
      else isAfter = middle;
    }
    return isBefore;
  }

  /** What the trail knows of a payment method, now or as of a version, a position or an instant: see `history`. */
  async paymentMethod(paymentMethodId: string, options: HistoryOptions = {}): Promise<History> {
    return readHistory(this.#store, parseHistory({ ...options, paymentMethodId }));
  }

  /** What changed of a payment method from one moment to another; to now, if `to` is absent. Throws as `history` does. */
  async comparePaymentMethod(
    paymentMethodId: string,
    { from, to, attemptId }: Span & Pick<HistoryOptions, 'attemptId'>,
  ): Promise<readonly PaymentMethodChange[]> {
    const before = await this.paymentMethod(paymentMethodId, { asOf: from, attemptId });
    const after = await this.paymentMethod(paymentMethodId, { asOf: to, attemptId });
    checkForwards('comparePaymentMethod', before.version, after.version);
    return differenceOf(before.state, after.state);
  }

  /**
   * What the trail knows of a customer (`cus_…`, or `acct_…` of an account), now or as of a version of its own stream, a
   * position or an instant. Reads the trail from its beginning, unless there are `projections`. Throws `INVALID_COMMAND`
   * before any I/O, and as `read` does.
   */
  async customer(customerId: string, options: { readonly asOf?: AsOf | undefined } = {}): Promise<CustomerAsOf> {
    const asked = parseCustomer({ ...options, customerId });
    const position = await this.#positionAsOf(asked);
    return customerBehind({ eventStore: this.#store, projections: this.#projections }, asked.customerId, position);
  }

  /** What changed of a customer from one moment to another; to now, if `to` is absent. */
  async compareCustomer(customerId: string, { from, to }: Span): Promise<readonly CustomerChange[]> {
    const before = await this.customer(customerId, { asOf: from });
    const after = await this.customer(customerId, { asOf: to });
    checkForwards('compareCustomer', before.position, after.position);
    return customerDifferenceOf(before, after);
  }

  async #positionAsOf({ customerId, asOf }: ReturnType<typeof parseCustomer>): Promise<number> {
    if (asOf instanceof Date) return this.positionAt(asOf);
    if (asOf !== undefined && 'version' in asOf) return positionOfVersion(this.#store, customerId, asOf.version);
    const { position: head } = await this.#store.readHead();
    return asOf === undefined ? head : Math.min(asOf.position, head);
  }

  async *#records(asked: Asked, signal: AbortSignal | undefined): AsyncGenerator<TrailRecord, void, undefined> {
    signal?.throwIfAborted();
    const range = await this.#rangeOf(asked);
    const types = asked.types === undefined ? null : new Set<string>(asked.types);
    const customers = asked.customer === undefined ? null : new CustomerEvents(asked.customer);
    const opens = (event: RecordedEvent) =>
      event.position > range.after && types?.has(event.type) !== false && customers?.mayTake(event) !== false;
    for await (const recorded of this.#source(asked, range, opens)) {
      signal?.throwIfAborted();
      const mine = customers?.take(recorded);
      if (mine === null || recorded.position <= range.after || types?.has(recorded.type) === false) continue;
      yield mine ?? decodeEvent(recorded);
    }
  }

  async #rangeOf({ after = 0, upTo = Number.MAX_SAFE_INTEGER }: Asked): Promise<Range> {
    return { after: await this.#positionOf(after), upTo: await this.#positionOf(upTo) };
  }

  #positionOf(place: Place): Promise<number> | number {
    return typeof place === 'number' ? place : this.positionAt(place);
  }

  #source(
    { stream, customer }: Asked,
    { after, upTo }: Range,
    opens: (event: RecordedEvent) => boolean,
  ): AsyncIterable<RecordedEvent> {
    if (stream !== undefined) return this.#streamEvents(stream, { upToPosition: upTo, opens });
    return this.#store.readTrail({ after: customer === undefined ? after : 0, upTo, opens });
  }

  async *#streamEvents(stream: string, options: ReadStreamOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    yield* await this.#store.readStream(stream, options);
  }

  async #isRecordedBy(instant: Date, position: number): Promise<boolean> {
    for await (const { recordedAt } of this.#store.readTrail({
      after: position - 1,
      upTo: position,
      opens: opensNone,
    })) {
      return Date.parse(recordedAt) <= instant.getTime();
    }
    return false;
  }
}

function checkForwards(call: string, from: number, to: number): void {
  if (from <= to) return;
  throw new PaymentMethodsError('INVALID_COMMAND', `${call}: to: must not be before from: the range runs backwards`, {
    details: { call, fields: ['to'] },
  });
}
