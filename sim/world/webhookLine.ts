import type { WebhookDelivery } from '../../src/adapters/simulator/index.ts';
import { toNotification } from '../../src/adapters/stripe/webhooks/toNotification.ts';
import { verifyWebhook } from '../../src/adapters/stripe/webhooks/verifyWebhook.ts';
import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type { Notification } from '../../src/application/commands/notifications.ts';
import type { Fleet } from './fleet.ts';
import type { SimulatedProcess } from './simulatedProcess.ts';
import { isStrangersKey } from './strangers.ts';
import type { Surroundings } from './surroundings.ts';
import { apiKey } from './surroundings.ts';

/** Shorter than Stripe's own, so that they fit into a run. */
const retryWaitsMs = [2_000, 10_000, ...Array.from({ length: 1_000 }, () => 60_000)];

export type WebhookPlan = {
  readonly copies: number;
  readonly twins: boolean;
  readonly delayMs: number;
  readonly jitterMs: number;
};

/** Brings Stripe's notifications to the host: late, twice, in any order, as the plan says, until they are taken. */
export class WebhookLine {
  readonly #around: Surroundings;
  readonly #fleet: Fleet;
  readonly #secret: string;
  readonly #delivered = new Set<string>();
  #underWay = 0;

  constructor(around: Surroundings, fleet: Fleet, plan: WebhookPlan) {
    this.#around = around;
    this.#fleet = fleet;
    const { account, chance } = around;
    const response = account.handle({
      method: 'POST',
      path: '/v1/webhook_endpoints',
      headers: { authorization: `Bearer ${apiKey}` },
      body: 'url=https%3A%2F%2Fhost.example%2Fwebhooks&enabled_events[0]=*',
    });
    this.#secret = (JSON.parse(response.body) as { readonly secret: string }).secret;
    account.webhooks.deliver({ ...plan, seed: chance.between(0, 1_000_000), retryWaitsMs });
    account.webhooks.onChange(() => this.#wake());
  }

  /** True while something waits to be delivered. */
  get isBusy(): boolean {
    return this.#underWay > 0 || this.#around.account.webhooks.nextDueAt !== null;
  }

  get secret(): string {
    return this.#secret;
  }

  /** Brings everything once more, as somebody does who reads Stripe's list of events after a failover. */
  tellAgain(): void {
    const { account } = this.#around;
    const headers = { authorization: `Bearer ${apiKey}` };
    const { body } = account.handle({ method: 'GET', path: '/v1/events', query: 'limit=100', headers });
    const { data } = JSON.parse(body) as { readonly data: readonly { readonly id: string }[] };
    for (const { id } of data.toReversed()) account.in().resend(id);
  }

  #wake(): void {
    const { account, scheduler } = this.#around;
    const { nextDueAt } = account.webhooks;
    if (nextDueAt === null) return;
    // While nobody is there it waits: Stripe tries for days, and a night is short to it.
    scheduler.after(Math.max(nextDueAt, this.#fleet.downUntil) - scheduler.now, () => {
      if (scheduler.now < this.#fleet.downUntil) {
        this.#wake();
        return;
      }
      const due = account.webhooks.due();
      for (const delivery of due) this.#deliver(delivery);
      if (due.length > 0) this.#wake();
    });
  }

  #deliver(delivery: WebhookDelivery): void {
    const { chance, scheduler, account } = this.#around;
    const { alive } = this.#fleet;
    this.#underWay += 1;
    const report = (status: number | null) => {
      this.#underWay -= 1;
      account.webhooks.report(delivery.id, status);
    };
    scheduler.after(chance.between(5, 80), () => {
      const process = alive.length === 0 ? null : chance.pick(alive);
      if (process?.isAlive !== true) {
        report(null);
        return;
      }
      let isOpen = true;
      const once = (status: number | null) => {
        if (isOpen) report(status);
        isOpen = false;
      };
      process.onDeath(() => once(null));
      this.#take(process, delivery).then(once, (error: unknown) => {
        if (!isPaymentMethodsError(error)) this.#around.unexpected.push(String(error));
        once(500);
      });
    });
  }

  /** What the host's handler does. */
  async #take(process: SimulatedProcess, { body, headers, eventId }: WebhookDelivery): Promise<number> {
    const now = new Date(this.#around.scheduler.now);
    const event = verifyWebhook({
      rawBody: body,
      signature: headers['stripe-signature'],
      secrets: [this.#secret],
      now,
    });
    const notification = toNotification(event);
    this.#around.timeline?.note(process.name, `webhook ${event.type} ${eventId.slice(-6)}`);
    this.#note(eventId, notification, now.getTime() / 1000 - event.created);
    const { recorded } = await process.paymentMethods.ingest(notification);
    const isOurs = notification.type === 'paymentMethodAttached' && !isStrangersKey(notification.idempotencyKey);
    if (recorded && isOurs) this.#around.sometimes.met('webhookBeforeAnswer');
    return 200;
  }

  #note(eventId: string, { type, idempotencyKey }: Notification, ageSeconds: number): void {
    const { sometimes } = this.#around;
    if (this.#delivered.has(eventId)) sometimes.met('webhookTwice');
    this.#delivered.add(eventId);
    if (ageSeconds > 60) sometimes.met('webhookLate');
    if (type === 'paymentMethodAttached' && isStrangersKey(idempotencyKey)) sometimes.met('webhookOfAnother');
  }
}
