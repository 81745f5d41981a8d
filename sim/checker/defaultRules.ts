import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import type { Operation } from './logs.ts';
import type { SeenCustomer } from './streams.ts';
import type { View } from './view.ts';
import { millisecondsOf, streamPrefix } from './streams.ts';
import { requestsOf, turnOf, unaskedDefaults } from './view.ts';

/** What must hold of customers' default payment methods. */
export const defaultRules: readonly Rule[] = [
  {
    name: 'C17 no default is asked for before its intent is durable',
    judge: ({ stripe, customers, lostEvents }) => {
      const recordedAt = new Map<string, number>();
      for (const { records } of customers.values()) {
        for (const record of records) {
          if (!('idempotencyKey' in record.event.data)) continue;
          recordedAt.set(record.event.data.idempotencyKey, millisecondsOf(record));
        }
      }
      const asked = stripe.requests.filter(
        ({ method, path }) => method === 'POST' && /^\/v1\/customers\/\w+$/.test(path),
      );
      return judgeAll(lostEvents ? [] : asked, ({ path, idempotencyKey, at }) => {
        const since = recordedAt.get(idempotencyKey ?? '');
        return since !== undefined && since <= at
          ? null
          : `POST ${path} went out under ${idempotencyKey} before its intent`;
      });
    },
  },
  {
    name: 'C18 the default is the one that the trail says was set last',
    // What a failover took may have been set after all that is left.
    judge: (view) =>
      judgeAll(view.lostEvents ? [] : view.customers, ([id, customer]) => wrongDefault(view, id, customer)),
  },
  {
    name: 'C19 who was told that it is the default finds it in the trail',
    judge: (view) =>
      judgeAll(
        view.lostEvents ? [] : view.history.filter(({ defaultOutcome }) => defaultOutcome === 'set'),
        (operation) => unrecorded(view, operation),
      ),
  },
  {
    name: 'C20 every default that an attach wished for is asked for in the end, and answered',
    judge: (view) => {
      const unasked = new Set(unaskedDefaults(view).map(({ paymentMethodId }) => paymentMethodId));
      const problems = [...unasked].map((id) => `${id} was to be the default, and nobody asked for it`);
      const judgement = judgeAll(view.customers, ([id, { state }]) =>
        state.open === null ? null : `the default of ${id} is still open (${state.open.cause ?? 'asked for'})`,
      );
      if (problems.length === 0) return judgement;
      return { verdict: false, problems: [...problems, ...judgement.problems] };
    },
  },
  {
    name: 'C23 who was told no to a default finds that it never became one',
    // What a failover took, the no among it, is asked for anew.
    judge: (view) =>
      judgeAll(
        view.lostEvents ? [] : view.history.filter(({ defaultOutcome }) => defaultOutcome === 'rejected'),
        (operation) => becameOneAnyway(view, operation),
      ),
  },
  {
    name: 'C22 a wish for the default stands from its attach on, and no older one is asked for after a later one',
    judge: (view) => {
      const judgement = judgeAll(view.customers, ([id, { records }]) => asksOutOfTurn(id, records));
      const lost = unwished(view);
      if (lost.length === 0) return judgement;
      return { verdict: false, problems: [...lost, ...judgement.problems] };
    },
  },
];

type Asked = ReturnType<typeof requestsOf>;

function asksOutOfTurn(id: string, records: SeenCustomer['records']): string | null {
  let latest = -1;
  for (const asked of requestsOf(records)) {
    const turn = turnOf(records, asked);
    if (turn < latest) return `the default that ${asked.attemptId} wished for ${id} was asked for after a later one`;
    latest = turn;
  }
  return null;
}

/** Attaches that were asked for with a wish which their customer's stream knows nothing of. */
function unwished({ records, customers }: View): readonly string[] {
  return records.flatMap(({ event }) => {
    if (event.type !== 'AttachmentRequested' || !event.data.setAsDefault) return [];
    const { attemptId, customer } = event.data;
    const known = customers.get(customer.id)?.records ?? [];
    // An attempt that has asked for another default wishes for no second one.
    const isThere =
      turnOf(known, event.data) !== -1 ||
      requestsOf(known).some((asked) => asked.attemptId === attemptId) ||
      known.some((record) => record.event.type === 'CustomerDeleted');
    return isThere ? [] : [`${attemptId} wished for the default of ${customer.id}, and its wish is not recorded`];
  });
}

function wrongDefault(view: View, id: string, { records }: SeenCustomer): string | null {
  const { stripe, streams } = view;
  const last = records.findLast(({ event }) => event.type === 'DefaultPaymentMethodSet');
  if (last?.event.type !== 'DefaultPaymentMethodSet') return null;
  const later = records.slice(records.indexOf(last) + 1);
  const rejected = later.flatMap(({ event }) =>
    event.type === 'DefaultPaymentMethodRejected' ? [event.data.attemptId] : [],
  );
  const refused = requestsOf(later).filter(({ attemptId }) => rejected.includes(attemptId));
  if (stripe.defaultOf(id) === null && refused.some((asked) => wasTakenBack(view, refused, asked))) return null;
  const { paymentMethodId } = last.event.data;
  // Stripe takes back the default that is detached.
  const isGone = streams.get(`${streamPrefix}${paymentMethodId}`)?.state.status === 'detached';
  const present = stripe.defaultOf(id);
  if (present === paymentMethodId || isGone || stripe.ownerOf(paymentMethodId) === null) return null;
  return `the default of ${id} is ${present ?? 'none'}, and the trail says it is ${paymentMethodId}`;
}

/**
 * True where a default took effect, and was detached before anybody looked, and Stripe has nothing to say of that any more:
 * it has saved a fault, or the key was given up. To be asked for it again, it says what it would say had it never been one.
 */
function wasTakenBack({ stripe }: View, requests: Asked, asked: Asked[number]): boolean {
  const isFault = (status: number | null) => status !== null && status >= 424 && status !== 429;
  const isGivenUp = requests.findLast(({ attemptId }) => attemptId === asked.attemptId) !== asked;
  const done = stripe.requests.find(
    ({ idempotencyKey, status }) =>
      idempotencyKey === asked.idempotencyKey && (isFault(status) || (status === 200 && isGivenUp)),
  );
  return stripe.effects.some(
    ({ effect, paymentMethodId, at }) =>
      effect === 'detached' && paymentMethodId === asked.paymentMethodId && done !== undefined && at >= done.at,
  );
}

function becameOneAnyway(view: View, { customer, attemptId, paymentMethodId, answeredId }: Operation) {
  const { customers, stripe } = view;
  const records = customers.get(customer ?? '')?.records ?? [];
  const isIt = (asked: Asked[number]) =>
    asked.attemptId === attemptId && [paymentMethodId, answeredId].includes(asked.paymentMethodId);
  const requests = requestsOf(records);
  const known = requests.filter((asked) => isIt(asked) && !wasTakenBack(view, requests, asked));
  const keys = known.map(({ idempotencyKey }) => idempotencyKey);
  const done = stripe.requests.find(
    ({ idempotencyKey, status }) => status === 200 && keys.includes(idempotencyKey ?? ''),
  );
  if (done === undefined) return null;
  return `${customer} was told no to ${paymentMethodId} as the default (${attemptId}), and Stripe did it (${done.requestId})`;
}

function unrecorded({ customers }: View, { customer, attemptId, answeredId, endedAt }: Operation): string | null {
  const isThere = customers.get(customer ?? '')?.records.some((record) => {
    const { event } = record;
    if (event.type !== 'DefaultPaymentMethodSet' || millisecondsOf(record) > (endedAt ?? 0)) return false;
    return event.data.paymentMethodId === answeredId && (attemptId === null || event.data.attemptId === attemptId);
  });
  return isThere === true
    ? null
    : `${customer} was told that ${answeredId} is the default, and the trail did not say so`;
}
