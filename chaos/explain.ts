import type { Logs } from '../sim/checker/logs.ts';

type Line = { readonly at: number; readonly text: string };

const shown = 5;

/** All that the callers, Stripe and the trail have to say of the payment methods that these violations name, by time. */
export function explain(violations: readonly string[], logs: Pick<Logs, 'history' | 'stripe' | 'trail'>): string[] {
  const ids = new Set(violations.flatMap((violation) => violation.match(/pm_\d+[a-z]/g) ?? []));
  return [...ids].slice(0, shown).flatMap((id) => {
    const lines = [...callsOn(id, logs), ...stripeOn(id, logs), ...trailOn(id, logs)];
    const start = Math.min(...lines.map(({ at }) => at));
    const sorted = lines.toSorted((one, other) => one.at - other.at);
    return [`${id}:`, ...sorted.map(({ at, text }) => `  ${String(at - start).padStart(6)} ms  ${text}`)];
  });
}

function callsOn(id: string, { history }: Pick<Logs, 'history'>): Line[] {
  return history
    .filter(({ paymentMethodId }) => paymentMethodId === id)
    .flatMap(({ call, customer, attemptId, invokedAt, endedAt, end, reason }) => {
      const name = `${call} ${customer ?? ''} (${attemptId ?? 'unnamed'})`;
      const asked = { at: invokedAt, text: `caller  ${name}` };
      if (endedAt === null) return [{ ...asked, text: `${asked.text}: never answered` }];
      return [asked, { at: endedAt, text: `caller  ${name}: ${end} ${reason ?? ''}` }];
    });
}

function stripeOn(id: string, { stripe }: Pick<Logs, 'stripe'>): Line[] {
  const requests = stripe.requests.filter(({ path }) => path.split('/').includes(id));
  const effects = stripe.effects.filter(({ paymentMethodId }) => paymentMethodId === id);
  return [
    ...requests.map(({ at, method, path, idempotencyKey, status, fault }) => ({
      at,
      text: `Stripe  ${method} ${path} key ${idempotencyKey ?? 'none'}: ${status ?? 'lost'} ${fault ?? ''}`,
    })),
    ...effects.map(({ at, effect, owner, idempotencyKey }) => ({
      at,
      text: `Stripe  ${effect} (${owner.id}, key ${idempotencyKey ?? 'none'})`,
    })),
  ];
}

function trailOn(id: string, { trail }: Pick<Logs, 'trail'>): Line[] {
  return trail
    .filter(({ stream }) => stream === `paymentMethod-${id}`)
    .map(({ recordedAt, position, type, data }) => ({
      at: Math.floor(Date.parse(recordedAt)),
      text: `trail   ${position} ${type} ${data}`,
    }));
}
