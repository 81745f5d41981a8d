import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { KnownCustomer } from '../readModels/knownCustomers.ts';
import type { Cursors } from '../ports/cursors.ts';
import type { KnownCustomers } from '../ports/knownCustomers.ts';
import type { Leases } from '../ports/leases.ts';
import type { Timers } from '../ports/timers.ts';
import type { ParsedSweep } from '../commands/sweepCommand.ts';
import { isPaymentMethodsError, PaymentMethodsError } from '../errors.ts';
import { Ingesting } from '../useCases/ingest.ts';
import type { UseCaseParts } from '../useCases/useCaseParts.ts';
import { CustomerSweep } from './customerSweep.ts';
import { EventSweep } from './eventSweep.ts';
import { pacedGateway } from './pacedGateway.ts';
import type { SweepCursor } from './sweepCursor.ts';
import { parseCursor, passed, roundDone, takenUp, triedAgain, unreadOf } from './sweepCursor.ts';
import type { Tried } from './sweepPass.ts';
import { SweepPass } from './sweepPass.ts';
import type { SweepPolicy } from './sweepPolicy.ts';
import type { SweepFinding, SweepProgress, SweepReport } from './sweepReport.ts';
import { isUnreadable } from './unreadable.ts';

/** How a sweep is watched, and how it is ended early. */
export type SweepOptions = {
  /** ends it early: the next one goes on from there */
  readonly signal?: AbortSignal | undefined;
  /** told after each page of events and each customer */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  /** told of each finding at once, before the sweep goes on: a sweep that throws has no report to tell of it by */
  readonly onFinding?: ((finding: SweepFinding) => void) | undefined;
};

type Parts = {
  readonly knownCustomers: KnownCustomers;
  readonly cursors: Cursors;
  readonly leases: Leases;
  readonly timers: Timers | undefined;
  readonly policy: SweepPolicy;
};

type Running = {
  readonly pass: SweepPass;
  readonly events: EventSweep;
  readonly customers: CustomerSweep;
  readonly tell: () => void;
  /** holds others off for another while; false where one of them is at it already */
  readonly hold: () => Promise<boolean>;
  /**
   * keeps how far it came, unless another is at it already, who goes on from where he is: then the pass stops. Where it stopped
   * because the store was away, it may still be: the next one then goes on from what was kept before
   */
  readonly keep: (cursor: SweepCursor) => Promise<void>;
};

const name = 'sweep';
const pageSize = 100;

/** Compares a Stripe account with the trail, and records what the trail missed. */
export class Sweeping {
  readonly #useCase: UseCaseParts;
  readonly #parts: Parts;

  constructor(useCase: UseCaseParts, parts: Parts) {
    this.#useCase = useCase;
    this.#parts = parts;
  }

  async sweep({ customer, actor }: ParsedSweep, options: SweepOptions): Promise<SweepReport> {
    const running = this.#begin(actor, options);
    if (customer === null) {
      await this.#sweepAccount(running);
    } else {
      const known = await this.#parts.knownCustomers.find(customer.id);
      const tried = await this.#sweepOne(known ?? { customer, paymentMethodIds: [] }, running);
      running.pass.customersUnread = tried === 'done' ? 0 : 1;
    }
    return running.pass.report;
  }

  #begin(actor: string, { signal, onProgress, onFinding }: SweepOptions): Running {
    const { streams, clock, ids, gateway } = this.#useCase;
    const { timers, leases, policy } = this.#parts;
    if (timers === undefined) {
      throw new PaymentMethodsError(
        'INVALID_OPTIONS',
        'A sweep waits between its requests: give PaymentMethods `timers` (systemTimers).',
      );
    }
    const owner = ids.next();
    const pass = new SweepPass({ actor, correlationId: owner, causationId: undefined }, signal, onFinding);
    const onRequest = () => (pass.requests += 1);
    const onUnknown = (cause: UnknownCause, evidence: Evidence) => {
      if (!isUnreadable(cause, evidence)) pass.stop(cause);
    };
    const paced = pacedGateway(gateway, { ...policy, clock, timers, onRequest, onUnknown });
    const tell = () => onProgress?.(pass.progress);
    const hold = () => leases.acquire(name, owner, policy.leaseMs);
    const keep = async (cursor: SweepCursor) => {
      try {
        if (await hold()) await this.#parts.cursors.save(name, JSON.stringify(cursor));
        else pass.stop('elsewhere');
      } catch (error) {
        if (pass.outage !== 'storeUnavailable' || !isPaymentMethodsError(error, 'STORE_UNAVAILABLE')) throw error;
      }
    };
    const ingesting = new Ingesting({ streams, gateway: paced });
    const events = new EventSweep({ gateway: paced, ingesting, pass, keep, tell });
    return { pass, events, customers: new CustomerSweep(streams, paced, pass), tell, hold, keep };
  }

  async #sweepAccount(running: Running): Promise<void> {
    const { pass, events, hold } = running;
    if (!(await hold())) {
      pass.stop('elsewhere');
      return;
    }
    try {
      const begun = parseCursor(await this.#parts.cursors.load(name));
      const now = this.#useCase.clock.now();
      let cursor = await events.sweep(begun, now, this.#parts.policy.overlapMs);
      cursor = await this.#sweepCustomers(takenUp(cursor), running);
      // What failed before comes last: where there is no answer about it, nothing else waits for it.
      cursor = await this.#tryAgain(cursor, running);
      pass.isFullReadOpen = cursor.isFullRead || cursor.unkeptAfter !== null;
      pass.customersUnread = unreadOf(cursor);
    } finally {
      // It ends by itself; what was found has to be told.
      await this.#parts.leases.release(name, pass.context.correlationId).catch(() => {});
    }
  }

  /** The next customers of the round, or all that are left of it where events were missed; those that wait are passed over. */
  async #sweepCustomers(begun: SweepCursor, running: Running): Promise<SweepCursor> {
    const { pass, keep } = running;
    const waiting = new Set(begun.waiting.map(({ id }) => id));
    let cursor = begun;
    let left = cursor.isFullRead ? Infinity : this.#parts.policy.customersPerPass;
    while (left > 0 && !pass.mustStop()) {
      const page = await this.#parts.knownCustomers.list({ after: cursor.customer, limit: pageSize });
      for (const known of page) {
        const { id } = known.customer;
        if (waiting.has(id)) {
          cursor = passed(cursor, id, false);
          continue;
        }
        if (left === 0) return cursor;
        const tried = await this.#sweepOne(known, running);
        if (tried !== 'interrupted') cursor = passed(cursor, id, tried === 'failed');
        await keep(cursor);
        if (pass.mustStop()) return cursor;
        left -= 1;
      }
      if (page.length === pageSize) continue;
      cursor = roundDone(cursor);
      await keep(cursor);
      break;
    }
    return cursor;
  }

  /** Those that wait, each in its turn, and no more customers in a pass than of the round. */
  async #tryAgain(begun: SweepCursor, running: Running): Promise<SweepCursor> {
    const { pass, events, keep } = running;
    let cursor = begun;
    let customersLeft = this.#parts.policy.customersPerPass;
    for (const one of begun.waiting.filter(({ id }) => !pass.failedNow.has(id))) {
      if (pass.mustStop()) return cursor;
      if (one.kind === 'customer' && customersLeft === 0) continue;
      if (one.kind === 'customer') customersLeft -= 1;
      const tried = one.kind === 'event' ? await events.tryAgain(one) : await this.#sweepAgain(one.id, running);
      if (tried === 'interrupted') continue;
      cursor = triedAgain(cursor, one, tried === 'failed');
      pass.triedAgain(one.id);
      await keep(cursor);
    }
    return cursor;
  }

  async #sweepAgain(id: string, running: Running): Promise<Tried> {
    const known = await this.#parts.knownCustomers.find(id);
    return known === undefined ? 'done' : this.#sweepOne(known, running);
  }

  async #sweepOne(known: KnownCustomer, { pass, customers, tell }: Running): Promise<Tried> {
    const { id } = known.customer;
    try {
      await customers.sweep(known);
      return pass.ended(id);
    } catch (error) {
      return pass.take(id, error);
    } finally {
      tell();
    }
  }
}
