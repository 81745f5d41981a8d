import type { Chance } from '../engine/chance.ts';
import type { Callers } from './callers.ts';
import type { Fleet } from './fleet.ts';
import type { Scene } from './scene.ts';
import { strangerAttaches, strangerDetaches, strangerUpdates } from './strangers.ts';
import { sweepOn } from './sweeps.ts';
import type { Surroundings } from './surroundings.ts';

const hour = 60 * 60 * 1000;

/** Who and what takes part in a life. */
export type Players = {
  readonly around: Surroundings;
  readonly scene: Scene;
  readonly callers: Callers;
  readonly fleet: Fleet;
  /** true where what a failover loses can be learnt again: Stripe tells of it */
  readonly canFailOver: boolean;
};

/** Plans what happens in a run: who asks for what and when, what strangers do, what breaks. Answers how long it lasts. */
export function planWorkload(players: Players, extra: Chance): number {
  const { chance } = players.around;
  const lastsMs = chance.pick([2_000, 20_000, 60_000]);
  const isAboutDefaults = extra.hits(0.3);
  const lastCallAt = planCalls(players, lastsMs, isAboutDefaults ? extra : null);
  if (isAboutDefaults) planDefaults(players, lastsMs, extra);
  if (extra.hits(0.15)) planSetup(players, lastsMs, extra);
  planStrangers(players, lastsMs);
  if (extra.hits(0.1)) planSweep(players, extra.between(0, lastsMs));
  if (extra.hits(0.15)) planDetachments(players, lastsMs, extra);
  return lastsMs + planOutage(players, lastsMs, lastCallAt);
}

/** One process sweeps the account while all else goes on. */
function planSweep({ around, fleet }: Players, at: number): void {
  around.scheduler.after(at, () => {
    const [process] = fleet.alive;
    if (process !== undefined) void sweepOn(around, process);
  });
}

/** Answers when the last one planned is made. `defaults`: by it some attaches are to be defaults; null for none. */
function planCalls({ around: { chance }, scene, callers }: Players, lastsMs: number, defaults: Chance | null): number {
  const calls = chance.between(3, 8);
  let last = { paymentMethodId: '', customer: '', attemptId: '', at: 0 };
  for (let index = 1; index <= calls; index += 1) {
    const isEcho = index > 1 && chance.hits(0.45);
    const paymentMethodId = isEcho ? last.paymentMethodId : chance.pick(scene.paymentMethods);
    const customer = isEcho && chance.hits(0.7) ? last.customer : chance.pick(scene.customers);
    const isSameAttempt = isEcho ? chance.hits(0.4) : isNextCard(last.paymentMethodId, paymentMethodId, defaults);
    const attemptId = isSameAttempt ? last.attemptId : `a${index}`;
    const at = isEcho && chance.hits(0.7) ? last.at + chance.between(0, 400) : chance.between(0, lastsMs);
    const isUnnamed = chance.hits(0.2) && !paymentMethodId.startsWith('pm_card');
    const isDetach = chance.hits(0.1) && !paymentMethodId.startsWith('pm_card');
    const wish = {
      call: isDetach ? 'detach' : 'attach',
      paymentMethodId,
      customer,
      attemptId: isDetach ? `d${index}` : isUnnamed ? null : attemptId,
      setAsDefault: !isDetach && defaults?.hits(0.5) === true,
      patience: chance.between(1, 4),
    } as const;
    callers.asksLater(at, wish);
    last = { paymentMethodId, customer, attemptId, at };
  }
  return last.at;
}

/** A checkout whose first card was declined, perhaps, and that goes on with another one. */
function isNextCard(before: string, now: string, chance: Chance | null): boolean {
  const isReal = (id: string) => id !== '' && !id.startsWith('pm_card');
  return isReal(before) && isReal(now) && before !== now && chance?.hits(0.3) === true;
}

/** Somebody chooses among what may be attached by then. */
function planDefaults({ scene, callers }: Players, lastsMs: number, chance: Chance): void {
  const real = scene.paymentMethods.filter((id) => !id.startsWith('pm_card'));
  const calls = real.length === 0 ? 0 : chance.between(0, 2);
  for (let index = 1; index <= calls; index += 1) {
    callers.asksLater(chance.between(0, lastsMs), {
      call: 'setDefault',
      paymentMethodId: chance.pick(real),
      customer: chance.pick(scene.customers),
      attemptId: `s${index}`,
      setAsDefault: false,
      patience: chance.between(1, 4),
    });
  }
}

/** A card is kept for later, the way Stripe recommends. */
function planSetup({ scene, callers }: Players, lastsMs: number, chance: Chance): void {
  callers.asksLater(chance.between(0, lastsMs), {
    call: 'beginSetup',
    paymentMethodId: chance.pick(scene.paymentMethods),
    customer: chance.pick(scene.customers),
    attemptId: 'u1',
    setAsDefault: false,
    patience: chance.between(1, 4),
  });
}

/** Detachments of one payment method, an attach about the same time, and a stranger who may attach it before, or in between. */
function planDetachments({ around, scene, callers }: Players, lastsMs: number, extra: Chance): void {
  const real = scene.paymentMethods.filter((id) => !id.startsWith('pm_card'));
  if (real.length === 0) return;
  const paymentMethodId = extra.pick(real);
  const customer = extra.pick(scene.customers);
  const about = extra.between(0, lastsMs);
  const wish = { paymentMethodId, customer, setAsDefault: false };
  for (let index = 1; index <= extra.between(1, 2); index += 1) {
    const patience = extra.between(1, 5);
    callers.asksLater(about + extra.between(0, 800), { ...wish, call: 'detach', attemptId: `x${index}`, patience });
  }
  const patience = extra.between(1, 3);
  callers.asksLater(about + extra.between(0, 1_500), { ...wish, call: 'attach', attemptId: 'y1', patience });
  if (!extra.hits(0.6)) return;
  const strangersAt = extra.hits(0.5) ? 0 : Math.min(about + extra.between(0, 40_000), lastsMs - 1);
  around.scheduler.after(strangersAt, () => strangerAttaches(around, paymentMethodId, customer));
}

function planStrangers({ around, scene }: Players, lastsMs: number): void {
  const { chance, scheduler } = around;
  const real = scene.paymentMethods.filter((id) => !id.startsWith('pm_card'));
  if (real.length === 0) return;
  const id = chance.pick(real);
  const at = () => chance.between(0, lastsMs);
  if (chance.hits(0.15)) scheduler.after(at(), () => strangerAttaches(around, id, chance.pick(scene.customers)));
  if (chance.hits(0.08)) scheduler.after(at(), () => strangerDetaches(around, id));
  if (chance.hits(0.05)) scheduler.after(at(), () => strangerUpdates(around, id));
  // Somebody who undoes at once what the host has done, perhaps before the host hears that it was done.
  if (!chance.hits(0.08)) return;
  around.onEffect.call = ({ paymentMethodId }) => {
    around.transit.count += 1;
    scheduler.after(chance.between(1, 3_000), () => {
      around.transit.count -= 1;
      strangerDetaches(around, paymentMethodId);
    });
  };
}

/** A crash at some instant, a database that takes no write for a while, and now and then a night with nobody there. */
function planOutage({ around, fleet, canFailOver }: Players, lastsMs: number, lastCallAt: number): number {
  const { chance, scheduler, database, timeline } = around;
  const at = () => chance.between(0, lastsMs - 1);
  const kills = chance.hits(0.3) ? chance.between(1, 3) : 0;
  for (let index = 0; index < kills; index += 1) {
    scheduler.after(at(), () => {
      const { alive } = fleet;
      if (alive.length > 0) chance.pick(alive).crash();
    });
  }
  if (chance.hits(0.08)) {
    const lasts = chance.between(1_000, 30_000);
    scheduler.after(at(), () => {
      timeline?.note('database', `takes no write for ${lasts} ms`);
      database.readOnlyUntil = scheduler.now + lasts;
    });
  }
  if (canFailOver && chance.hits(0.08)) {
    const inCall = Math.min(lastsMs - 1, lastCallAt + chance.between(0, 1_000));
    scheduler.after(chance.hits(0.7) ? inCall : at(), () => failOver(around, fleet));
  }
  if (!chance.hits(0.06)) return 0;
  const night = chance.between(22 * hour, 26 * hour);
  // As a rule it falls in the middle of somebody's call.
  scheduler.after(chance.hits(0.7) ? lastCallAt + chance.between(5, 600) : at(), () => {
    timeline?.note('host', `is down for ${(night / hour).toFixed(1)} h`);
    fleet.goDown(night);
  });
  return night;
}

/** A standby without the last commits takes over; as a rule the processes see no more of it than a pause. */
function failOver({ database, chance, sometimes, timeline }: Surroundings, fleet: Fleet): void {
  if (chance.hits(0.3)) for (const process of fleet.alive) process.crash();
  void database.failOver(chance.between(1, 3)).then((lost) => {
    if (lost.length > 0) sometimes.met('failoverLostEvent');
    for (const { position, stream, type } of lost)
      timeline?.note('database', `!!! loses ${position} ${stream} ${type}`);
  });
}
