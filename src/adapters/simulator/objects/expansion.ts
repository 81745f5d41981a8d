import type { Json, JsonObject } from '../wire/json.ts';
import { isList, isObject } from '../wire/json.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import type { World } from '../world/world.ts';
import type { View } from './objects.ts';
import { customerObject, paymentMethodObject } from './objects.ts';

/** What an endpoint answers with: an object, or a list of them. */
export type Shown = 'payment_method' | 'customer' | 'setup_intent' | 'payment_intent' | 'event' | 'webhook_endpoint';
export type Answered = Shown | `list of ${Shown}`;

type Target = 'customer' | 'payment_method';

const maxDepth = 4;
const ofIntent = { customer: 'customer', payment_method: 'payment_method' } as const;

/** Which properties hold an id that can be replaced by its object (https://docs.stripe.com/api/expanding_objects). */
const expandable: Readonly<Record<Shown, Readonly<Record<string, Target>>>> = {
  payment_method: { customer: 'customer' },
  customer: { 'invoice_settings.default_payment_method': 'payment_method' },
  setup_intent: ofIntent,
  payment_intent: ofIntent,
  event: {},
  webhook_endpoint: {},
};

/** Refuses every path that cannot be expanded. */
export function checkExpansions(paths: readonly string[], answered: Answered): void {
  for (const path of paths) {
    const [kind, rest] = within(answered, path);
    const depth = path.split('.').length;
    if (kind === null || depth > maxDepth || !isExpandable(kind, rest)) throw requestFailures.notExpandable(path);
  }
}

/** The object with the ids along these paths replaced. The paths are those that `checkExpansions` has passed. */
export function expanded(object: JsonObject, paths: readonly string[], { answered, world, view }: Source): JsonObject {
  let shown = object;
  for (const path of paths) {
    const [kind, rest] = within(answered, path);
    if (kind === null) continue;
    const expandOne = (one: Json): Json => (isObject(one) ? expandedOne(one, kind, rest, { world, view }) : one);
    shown = answered.startsWith('list of ')
      ? { ...shown, data: listIn(shown).map(expandOne) }
      : expandedOne(shown, kind, rest, { world, view });
  }
  return shown;
}

type Source = { readonly answered: Answered; readonly world: World; readonly view: View };

/** The kind of object a path starts at, and what is left of the path there. */
function within(answered: Answered, path: string): readonly [Shown | null, string] {
  if (!answered.startsWith('list of ')) return [answered as Shown, path];
  const kind = answered.slice('list of '.length) as Shown;
  return path.startsWith('data.') ? [kind, path.slice('data.'.length)] : [null, path];
}

function isExpandable(kind: Shown, path: string): boolean {
  const step = stepOf(kind, path);
  return step !== null && (step.rest === '' || isExpandable(step.target, step.rest));
}

function stepOf(kind: Shown, path: string): { property: string; target: Target; rest: string } | null {
  for (const [property, target] of Object.entries(expandable[kind])) {
    if (path === property) return { property, target, rest: '' };
    if (path.startsWith(`${property}.`)) return { property, target, rest: path.slice(property.length + 1) };
  }
  return null;
}

function expandedOne(object: JsonObject, kind: Shown, path: string, source: Omit<Source, 'answered'>): JsonObject {
  const step = stepOf(kind, path);
  if (step === null) return object;
  const { target, rest } = step;
  return replacedAt(object, step.property.split('.'), (held) => {
    const found = typeof held === 'string' ? objectOf(target, held, source) : held;
    return rest === '' || !isObject(found) ? found : expandedOne(found, target, rest, source);
  });
}

function objectOf(target: Target, id: string, { world, view }: Omit<Source, 'answered'>): Json {
  if (target === 'customer') {
    const customer = world.customers.get(id);
    return customer === undefined ? id : customerObject(customer, view);
  }
  const paymentMethod = world.paymentMethods.get(id);
  return paymentMethod === undefined ? id : paymentMethodObject(paymentMethod, view);
}

function replacedAt(object: JsonObject, names: readonly string[], replace: (held: Json) => Json): JsonObject {
  const [name = '', ...rest] = names;
  const held = object[name] ?? null;
  if (rest.length === 0) return { ...object, [name]: replace(held) };
  return isObject(held) ? { ...object, [name]: replacedAt(held, rest, replace) } : object;
}

function listIn({ data }: JsonObject): readonly Json[] {
  return data !== undefined && isList(data) ? data : [];
}
