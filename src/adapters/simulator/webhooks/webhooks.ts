import { seededRandom } from '../faults/seededRandom.ts';
import type { Ids } from '../world/ids.ts';
import { Log } from '../world/log.ts';
import type { EventRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Worlds } from '../world/worlds.ts';
import { deliveryOf } from './delivery.ts';
import { DeliveryQueue } from './deliveryQueue.ts';
import type { Hearing } from './hearing.ts';
import { hearingOf } from './hearing.ts';
import type { DeliveryAttempt, ReleaseOrder, WebhookDelivery, WebhookPlan } from './plan.ts';
import { retryWaits } from './plan.ts';

type Options = {
  readonly worlds: () => Worlds;
  readonly ids: Ids;
  /** unix milliseconds */
  readonly now: () => number;
  /** of endpoints that have none of their own */
  readonly apiVersion: string;
};

/** What is to be sent: this event of this world, to an endpoint at home in another perhaps. */
type Sendable = {
  readonly event: EventRecord;
  readonly world: World;
  readonly home: World;
  readonly endpointId: string;
  readonly attempt: number;
};
type Entry = Sendable & { readonly dueAt: number; readonly order: number };

const attemptsKept = 1000;

/**
 * The webhooks of an account: what is to be sent, when, and signed how. It sends nothing itself: a face takes what is
 * `due`, sends it, and reports what was answered. Delivery is at least once, in no promised order.
 */
export class Webhooks {
  readonly #options: Options;
  readonly #attempts = new Log<DeliveryAttempt>(attemptsKept);
  readonly #listeners = new Set<() => void>();
  #queue = new DeliveryQueue<Entry>();
  #inFlight = new Map<string, Entry>();
  #pending = new Map<string, number>();
  #held: Sendable[] = [];
  #plan: WebhookPlan = {};
  #random = seededRandom(0);
  #order = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** What was tried, the oldest first: the last thousand. */
  get attempts(): readonly DeliveryAttempt[] {
    return this.#attempts.items;
  }

  /** When the next delivery comes due, in unix milliseconds; null where none waits. */
  get nextDueAt(): number | null {
    return this.#queue.nextDueAt;
  }

  /** How events are delivered from now on. */
  deliver(plan: WebhookPlan): void {
    this.#plan = plan;
    this.#random = seededRandom(plan.seed ?? 0);
  }

  /** Sends what was held, in this order. */
  release(order: ReleaseOrder = 'inOrder'): void {
    const lots = this.#held.map((entry) => ({ entry, lot: this.#random() }));
    this.#held = [];
    if (order === 'shuffled') lots.sort((one, other) => one.lot - other.lot);
    if (order === 'reversed') lots.reverse();
    for (const { entry } of lots) this.#queueAt(entry, this.#options.now());
    this.#tell();
  }

  /** Sends an event again, by the plan, to every endpoint that hears of it. False where there is no such event. */
  resend(world: World, eventId: string): boolean {
    const event = world.events.get(eventId);
    if (event !== undefined) this.#send(event, world, hearingOf(event, world, this.#options.worlds()));
    return event !== undefined;
  }

  /** Hears of an event, and queues it by the plan. */
  announce(event: EventRecord, world: World): void {
    const hearing = hearingOf(event, world, this.#options.worlds());
    if (hearing.length === 0) return;
    this.#send(event, world, hearing);
    if (this.#plan.twins !== true) return;
    const twin = { ...event, id: this.#options.ids.event() };
    world.events.put(twin);
    this.#send(twin, world, hearing);
  }

  /** Takes out every delivery that is due; each must be reported. */
  due(): readonly WebhookDelivery[] {
    const { now, apiVersion } = this.#options;
    return this.#queue.take(now()).flatMap((entry) => {
      const { event, world, home, endpointId, attempt } = entry;
      const endpoint = home.webhookEndpoints.get(endpointId);
      if (endpoint === undefined || endpoint.disabled) {
        this.#settle(event.id);
        return [];
      }
      const id = String(entry.order);
      this.#inFlight.set(id, entry);
      const pendingWebhooks = this.pendingOf(event.id);
      return [deliveryOf({ id, event, world, endpoint, attempt, pendingWebhooks, apiVersion, now: now() })];
    });
  }

  /** What a delivery was answered with; null for no answer. All but a 2xx is tried again, for as long as Stripe would. */
  report(deliveryId: string, status: number | null): void {
    const entry = this.#inFlight.get(deliveryId);
    if (entry === undefined) return;
    this.#inFlight.delete(deliveryId);
    const { event, endpointId, attempt, world } = entry;
    const at = this.#options.now();
    this.#attempts.push({ eventId: event.id, type: event.type, endpointId, attempt, status, at });
    const wait = (this.#plan.retryWaitsMs ?? retryWaits(world.livemode))[attempt - 1];
    if (isTaken(status) || wait === undefined) {
      this.#settle(event.id);
      return;
    }
    this.#queueAt({ ...entry, attempt: attempt + 1 }, at + wait);
    this.#tell();
  }

  /** How many deliveries of an event are still to be taken. */
  pendingOf(eventId: string): number {
    return this.#pending.get(eventId) ?? 0;
  }

  /** Calls the listener whenever something may have come due. The function that comes back ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Says that the clock was moved. */
  clockMoved(): void {
    this.#tell();
  }

  /** Forgets every delivery, and the plan. */
  clear(): void {
    this.#queue = new DeliveryQueue();
    this.#inFlight = new Map();
    this.#pending = new Map();
    this.#held = [];
    this.#attempts.clear();
    this.deliver({});
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #send(event: EventRecord, world: World, hearing: readonly Hearing[]): void {
    const { copies = 1, delayMs = 0, jitterMs = 0, held = false } = this.#plan;
    for (const { home, endpoint } of Array.from({ length: copies }, () => hearing).flat()) {
      const sendable: Sendable = { event, world, home, endpointId: endpoint.id, attempt: 1 };
      this.#pending.set(event.id, this.pendingOf(event.id) + 1);
      if (held) this.#held.push(sendable);
      else this.#queueAt(sendable, this.#options.now() + delayMs + Math.floor(this.#random() * jitterMs));
    }
    this.#tell();
  }

  #queueAt(sendable: Sendable, dueAt: number): void {
    this.#order += 1;
    this.#queue.add({ ...sendable, dueAt, order: this.#order });
  }

  #settle(eventId: string): void {
    const left = this.pendingOf(eventId) - 1;
    if (left > 0) this.#pending.set(eventId, left);
    else this.#pending.delete(eventId);
  }
}

function isTaken(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}
