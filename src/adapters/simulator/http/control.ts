import * as z from 'zod';
import type { StripeAccount } from '../account/stripeAccount.ts';
import type { Fault, ScriptedFault } from '../faults/fault.ts';
import type { StripeRequest, StripeResponse } from '../wire/messages.ts';
import { camelized, snaked } from './camelized.ts';
import { controlSchemas as schemas } from './controlSchemas.ts';
import { loadState } from './loadState.ts';

/** Where the simulator itself is steered. Stripe has nothing of that name. */
export const controlPrefix = '/_simulator';

type Answer = { readonly status: number; readonly answer: unknown };
type Handler = (account: StripeAccount, body: unknown, id: string) => Answer;

const done: Answer = { status: 200, answer: {} };
const notFound: Answer = { status: 404, answer: { error: { message: 'There is nothing with this id.' } } };

/** Every control endpoint; `:id` stands for one segment. */
const handlers: Readonly<Record<string, Handler>> = {
  'POST /state': (account, body) => ok(loadState(account, schemas.state.parse(body))),
  'POST /reset': (account) => {
    account.reset();
    return done;
  },
  'GET /effects': (account) => ok({ effects: account.effects.map(snaked) }),
  'GET /requests': (account) => ok({ requests: account.requests.map(snaked) }),
  'GET /clock': (account) => ok({ now_ms: account.now }),
  'POST /clock': (account, body) => {
    account.advance(schemas.clock.parse(body).advance_ms);
    return ok({ now_ms: account.now });
  },
  'POST /rate_limits': (account, body) => {
    const limits = schemas.rateLimits.parse(body);
    account.limitRates('enabled' in limits ? limits.enabled : limits);
    return done;
  },
  'GET /faults': (account) => ok({ faults: account.faults.waiting.map(shownFault) }),
  'POST /faults': (account, body) => {
    const { match, ...fault } = schemas.fault.parse(body);
    account.faults.next({ ...camelized(fault), ...matching(match) });
    return done;
  },
  'DELETE /faults': (account) => {
    account.faults.clear();
    return done;
  },
  'POST /faults/random': (account, body) => {
    const { seed, odds } = schemas.randomFaults.parse(body);
    const lots = odds.map(({ fault, probability, match }) => ({
      fault: asFault(fault),
      probability,
      ...matching(match),
    }));
    account.faults.atRandom({ seed, odds: lots });
    return done;
  },
  'POST /webhooks': (account, body) => {
    account.webhooks.deliver(camelized(schemas.webhooks.parse(body)));
    return done;
  },
  'POST /webhooks/release': (account, body) => {
    account.webhooks.release(schemas.release.parse(body).order);
    return done;
  },
  'GET /webhooks/attempts': (account) => ok({ attempts: account.webhooks.attempts.map(snaked) }),
  'POST /webhook_endpoints/:id/roll': (account, body, id) => {
    const { old_expires_in_ms, ...where } = schemas.roll.parse(body);
    const secret = account.in(where).rollWebhookSecret(id, old_expires_in_ms);
    return secret === null ? notFound : ok({ secret });
  },
  'POST /events/:id/resend': (account, body, id) =>
    account.in(schemas.where.parse(body)).resend(id) ? done : notFound,
  'POST /payment_methods/:id/automatic_update': (account, body, id) => {
    const { account: connected, livemode, ...card } = schemas.card.parse(body);
    return account.in({ account: connected, livemode }).updateCard(id, camelized(card)) ? done : notFound;
  },
  'POST /intents/:id/authenticate': (account, body, id) => {
    const { succeeds, ...where } = schemas.authentication.parse(body);
    return account.in(where).authenticate(id, succeeds) ? done : notFound;
  },
};

/** Answers a request under `controlPrefix`: in JSON, with what is wrong where something is. */
export function control(account: StripeAccount, { method, path, body = '' }: StripeRequest): StripeResponse {
  const { status, answer } = answerTo(account, method, path.slice(controlPrefix.length), body);
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(answer, null, 2)}\n` };
}

function answerTo(account: StripeAccount, method: string, path: string, body: string): Answer {
  if (path === '' || path === '/') return ok({ account: account.id, endpoints: Object.keys(handlers) });
  const [, resource = '', id = '', action] = path.split('/');
  const handler = handlers[`${method} ${path}`] ?? handlers[`${method} /${resource}/:id/${action ?? ''}`];
  if (handler === undefined)
    return refused(404, `There is no ${method} ${path}. GET ${controlPrefix} lists what there is.`);
  try {
    return handler(account, body === '' ? {} : JSON.parse(body), decodeURIComponent(id));
  } catch (error) {
    if (error instanceof z.ZodError) return refused(400, z.prettifyError(error));
    if (error instanceof Error) return refused(400, error.message);
    throw error;
  }
}

function ok(answer: object): Answer {
  return { status: 200, answer };
}

function refused(status: number, message: string): Answer {
  return { status, answer: { error: { message } } };
}

type GivenMatch = { readonly method?: string | undefined; readonly path?: RegExp | undefined };

function matching(match: GivenMatch | undefined): Pick<ScriptedFault, 'match'> {
  return match === undefined ? {} : { match: camelized(match) };
}

function asFault(fault: z.infer<typeof schemas.randomFaults>['odds'][number]['fault']): Fault {
  return camelized(fault);
}

function shownFault({ match, ...fault }: ScriptedFault): object {
  return { ...snaked(fault), ...(match === undefined ? {} : { match: { ...match, path: match.path?.source } }) };
}
