import type { OpenRequestNote, OpenStream } from '../readModels/openAttempts.ts';
import { isWished } from '../readModels/wishedDefaults.ts';
import type { Leases } from '../ports/leases.ts';
import type { Observer } from '../ports/observer.ts';
import type { OpenAttempts } from '../ports/openAttempts.ts';
import { endOfSettling } from '../observing/endings.ts';
import { observe } from '../observing/observe.ts';
import type { BeginningSetups } from '../useCases/beginSetup.ts';
import type { Reconciling } from '../useCases/reconcile.ts';
import type { SettingDefaults } from '../useCases/setDefault.ts';
import type { ContextOfAttempt, UseCaseParts } from '../useCases/useCaseParts.ts';
import { RecoveryPass } from './recoveryPass.ts';
import type { RecoveryPolicy } from './recoveryPolicy.ts';
import type { RecoveryReport } from './recoveryReport.ts';
import type { Standing } from './settled.ts';
import {
  standingOfAttachment,
  standingOfDefault,
  standingOfDetachment,
  standingOfSetup,
  standingOfWish,
} from './settled.ts';

/** On whose behalf a pass of recovery works, and how it is ended. */
export type RecoverOptions = {
  /** who is named as the actor of what recovery records; `recovery` if absent */
  readonly actor?: string | undefined;
  /** takes no further request; those under way are finished, so that none is left in doubt by it */
  readonly signal?: AbortSignal | undefined;
};

type Parts = {
  readonly openAttempts: OpenAttempts;
  readonly leases: Leases;
  readonly policy: RecoveryPolicy;
  readonly reconciling: Reconciling;
  readonly settingDefaults: SettingDefaults;
  readonly beginningSetups: BeginningSetups;
  readonly observer: Observer | undefined;
};

const pageSize = 100;
const pauseOfAge = 1 / 4;

/** Finishes what a crash or a doubt left open, by the steps that every attempt takes. */
export class Recovering {
  readonly #useCase: UseCaseParts;
  readonly #parts: Parts;

  constructor(useCase: UseCaseParts, parts: Parts) {
    this.#useCase = useCase;
    this.#parts = parts;
  }

  async recover({ actor = 'recovery', signal }: RecoverOptions): Promise<RecoveryReport> {
    const now = this.#now();
    const pass = new RecoveryPass(this.#parts.policy, now);
    const contextOf: ContextOfAttempt = (attemptId) => ({ actor, correlationId: attemptId, causationId: undefined });
    const requestedBefore = new Date(now - this.#useCase.policy.inProgressMs).toISOString();
    const open = this.#openStreams(requestedBefore, signal);
    const worker = async () => {
      for await (const one of open) await this.#lookAfter(one, pass, contextOf);
    };
    const workers = await Promise.allSettled(Array.from({ length: this.#parts.policy.concurrency }, worker));
    const broken = workers.find((result) => result.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
    return pass.report;
  }

  /** All of them, page by page: what stays open at the head of the line keeps nobody behind it from being reached. */
  async *#openStreams(requestedBefore: string, signal: AbortSignal | undefined): AsyncGenerator<OpenStream> {
    const isStopped = () => signal?.aborted === true;
    let after: OpenStream | undefined;
    while (!isStopped()) {
      const page = await this.#parts.openAttempts.read({ requestedBefore, limit: pageSize, after });
      for (const open of page) {
        if (isStopped()) return;
        yield open;
      }
      after = page.at(-1);
      if (page.length < pageSize) return;
    }
  }

  /** Never throws: what goes wrong with one stream is reported, and keeps no other from being looked after. */
  async #lookAfter(open: OpenStream, pass: RecoveryPass, contextOf: ContextOfAttempt): Promise<void> {
    const name = isWished(open) ? `recovery/wish/${open.stream}` : `recovery/${open.stream}`;
    const claim = { name, owner: this.#useCase.ids.next() };
    if (!(await this.#claim(claim, open, pass))) {
      pass.putOff(open);
      return;
    }
    let isLeftOpen = true;
    try {
      const standings = await this.#watch(open, () => this.#settle(open, contextOf));
      for (const [note, standing] of standings) pass.looked(open, note, standing);
      isLeftOpen = standings.some(([, standing]) => standing.isOpen);
    } catch (error) {
      pass.failed(open, error);
    }
    await this.#leave(claim, open, isLeftOpen).catch((error: unknown) => pass.warned(open, error));
  }

  /** A claim that cannot be made keeps nobody from the work: nothing but calls is saved by it. */
  async #claim(claim: Claim, open: OpenStream, pass: RecoveryPass): Promise<boolean> {
    try {
      return await this.#parts.leases.acquire(claim.name, claim.owner, this.#parts.policy.leaseMs);
    } catch (error) {
      pass.warned(open, error);
      return true;
    }
  }

  /** What is open still stays claimed for a while, the longer the older it is: until then, nobody asks Stripe again. */
  async #leave({ name, owner }: Claim, { since }: OpenStream, isLeftOpen: boolean): Promise<void> {
    const { leases, policy } = this.#parts;
    if (!isLeftOpen) return leases.release(name, owner);
    const pauseMs = Math.ceil(Math.max(1, this.#now() - Date.parse(since)) * pauseOfAge);
    await leases.acquire(name, owner, Math.min(pauseMs, policy.longestPauseMs));
  }

  /** What an attempt left open is settled in another trace, or process, than it began in: its observer can tie them. */
  #watch({ requests }: OpenStream, settle: () => Promise<Standings>): Promise<Standings> {
    const begin = () => {
      const sort = requests[0]?.sort ?? 'none';
      const attemptIds = requests.map(({ attemptId }) => attemptId);
      const traceparents = requests.map(({ traceparent }) => traceparent).filter((one) => one !== null);
      return this.#parts.observer?.settling?.({ sort, attemptIds, traceparents });
    };
    return observe(begin, settle, (standings) => endOfSettling(standings.map(([, standing]) => standing)));
  }

  async #settle(open: OpenStream, contextOf: ContextOfAttempt): Promise<Standings> {
    const { stream, requests } = open;
    const { reconciling, settingDefaults, beginningSetups } = this.#parts;
    const sort = requests[0]?.sort;
    switch (sort) {
      case undefined:
        return [];
      case 'attachment':
      case 'detachment': {
        const state = await reconciling.settle(stream, contextOf, {});
        const standingOf = (note: OpenRequestNote) =>
          note.sort === 'detachment' ? standingOfDetachment(note, state) : standingOfAttachment(note, state);
        return requests.map((note) => [note, standingOf(note)]);
      }
      case 'default': {
        if (isWished(open)) {
          const standing = standingOfWish(await reconciling.carryOutWish(stream, contextOf, {}));
          return requests.map((note) => [note, standing]);
        }
        const state = await settingDefaults.settle(stream, contextOf, {});
        return requests.map((note) => [note, standingOfDefault(note, state)]);
      }
      case 'setup': {
        const state = await beginningSetups.settle(stream, contextOf, {});
        return requests.map((note) => [note, standingOfSetup(state)]);
      }
      default:
        return sort satisfies never;
    }
  }

  #now(): number {
    return this.#useCase.clock.now().getTime();
  }
}

type Standings = readonly (readonly [OpenRequestNote, Standing])[];

type Claim = { readonly name: string; readonly owner: string };
