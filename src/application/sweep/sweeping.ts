import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { KnownCustomer } from '../readModels/knownCustomers.ts';
import type { Cursors } from '../ports/cursors.ts';
import type { KnownCustomers } from '../ports/knownCustomers.ts';
import type { Leases } from '../ports/leases.ts';
import type { Timers } from '../ports/timers.ts';
import type { ParsedSweep } from '../commands/sweepCommand.ts';
import { PaymentMethodsError } from '../errors.ts';
import { Ingesting } from '../useCases/ingest.ts';
import type { UseCaseParts } from '../useCases/useCaseParts.ts';
import { CustomerSweep } from './customerSweep.ts';
import { EventSweep } from './eventSweep.ts';
import { pacedGateway } from './pacedGateway.ts';
import type { SweepCursor } from './sweepCursor.ts';
import { parseCursor, passed, roundDone, stoppedAt, takenUp } from './sweepCursor.ts';
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
  /** keeps how far it came, unless another is at it already, who goes on from where he is: then the pass stops */
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
      await this.#sweepOne(known ?? { customer, paymentMethodIds: [] }, running);
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
      if (await hold()) await this.#parts.cursors.save(name, JSON.stringify(cursor));
      else pass.stop('elsewhere');
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
      const before = new Set(cursor.failedCustomers);
      cursor = await this.#sweepCustomers(takenUp(cursor), running, before);
      // What failed before comes last: where there is no answer about it, nothing else waits for it.
      cursor = await events.tryAgain(cursor, now);
      cursor = await this.#tryAgain(cursor, running, before);
      pass.isFullReadOpen = cursor.isFullRead;
      pass.customersUnread = cursor.failedCustomers.length;
    } finally {
      // It ends by itself; what was found has to be told.
      await this.#parts.leases.release(name, pass.context.correlationId).catch(() => {});
    }
  }

  /**
   * The next customers of the round, or all that are left of it where events were missed. Of those that failed `before`, it
   * takes out whom it tried, and adds whom a pass stopped at: they are left for later.
   */
  async #sweepCustomers(begun: SweepCursor, running: Running, before: Set<string>): Promise<SweepCursor> {
    const { pass, keep } = running;
    let cursor = begun;
    let left = cursor.isFullRead ? Infinity : this.#parts.policy.customersPerPass;
    while (left > 0 && !pass.mustStop()) {
      const limit = Math.min(pageSize, left);
      const page = await this.#parts.knownCustomers.list({ after: cursor.customer, limit });
      for (const known of page) {
        const { id } = known.customer;
        const isForLater = cursor.stoppedAt.includes(id);
        const isDone = !isForLater && (await this.#sweepOne(known, running));
        if (isForLater) before.add(id);
        else before.delete(id);
        // What stopped this pass is where the next one begins.
        if (!pass.mustStop()) cursor = passed(cursor, id, isDone);
        else if (pass.outage !== null) cursor = stoppedAt(cursor, id);
        await keep(cursor);
        if (pass.mustStop()) return cursor;
      }
      left -= page.length;
      if (page.length === limit) continue;
      cursor = roundDone(cursor);
      await keep(cursor);
      break;
    }
    return cursor;
  }

  /** Those that failed before, each in its turn, and no more of them in a pass than of the round. */
  async #tryAgain(begun: SweepCursor, running: Running, before: ReadonlySet<string>): Promise<SweepCursor> {
    const { pass, keep } = running;
    const due = begun.failedCustomers.filter((id) => before.has(id)).slice(0, this.#parts.policy.customersPerPass);
    let cursor = begun;
    for (const id of due) {
      if (pass.mustStop()) return cursor;
      const known = await this.#parts.knownCustomers.find(id);
      const isDone = known === undefined || (await this.#sweepOne(known, running));
      const others = cursor.failedCustomers.filter((one) => one !== id);
      cursor = { ...cursor, failedCustomers: isDone ? others : [...others, id] };
      if (pass.outage !== null) {
        cursor = stoppedAt(cursor, id);
        pass.unansweredAgain(id, pass.outage);
      }
      await keep(cursor);
    }
    return cursor;
  }

  /** False where it failed in a way of its own, which stops no other, or was not done for the pass has to stop. */
  async #sweepOne(known: KnownCustomer, { pass, customers, tell }: Running): Promise<boolean> {
    let isDone = true;
    try {
      await customers.sweep(known);
    } catch (error) {
      pass.take(known.customer.id, error);
      isDone = false;
    }
    tell();
    return isDone && !pass.mustStop();
  }
}
