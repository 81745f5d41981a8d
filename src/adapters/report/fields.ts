import type { TrailEvent } from '../../application/events/eventTypes.ts';
import type { CardSummary } from '../../domain/paymentMethodSummary.ts';
import type { Content, Html } from './html.ts';
import { html } from './html.ts';
import { label, spelled } from './words.ts';

export type Field = readonly [label: string, value: Content];

/** An id, a key, a name: set apart from the text around it, also where it is written from right to left. */
export function identifier(text: string): Html {
  return html`<code><bdi>${text}</bdi></code>`;
}

/** `2025-11-23T07:15:00.123456Z` as a time that people can read. */
export function timeOf(instant: string): Html {
  const read = /^(\d+-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{3})\d*)?Z$/.exec(instant);
  if (read === null) return html`<span>${instant}</span>`;
  const [, day = '', time = '', milliseconds] = read;
  return html`<time datetime="${instant}">${day} ${time}${milliseconds === undefined ? '' : `.${milliseconds}`} UTC</time>`;
}

export function description(fields: readonly Field[]): Html {
  if (fields.length === 0) return html``;
  return html`<dl>${fields.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** `visa •••• 4242, expires 12/2030, credit, US` */
export function cardWords(card: CardSummary | null): string | null {
  if (card === null) return null;
  const { brand, last4, expMonth, expYear, funding, country, wallet } = card;
  const isReadable = expMonth !== 'redacted' && expYear !== 'redacted';
  const expiry = `expires ${isReadable ? `${String(expMonth).padStart(2, '0')}/${expYear}` : 'redacted'}`;
  const others = [funding, country, wallet].filter((word) => word !== null);
  return [`${brand} •••• ${last4}`, expiry, ...others].join(', ');
}

const labels: Readonly<Record<string, string>> = {
  attemptId: 'Attempt',
  customerId: 'Customer',
  paymentMethodId: 'Payment method',
  setupIntentId: 'SetupIntent',
  cloneId: 'Payment method made',
  cause: 'Why it is unknown',
  stripeCode: 'Stripe’s code',
  apiVersion: 'Stripe API version',
  livemode: 'Mode',
  created: 'Made at Stripe',
};

/** Shown elsewhere in the event's entry. */
const elsewhere = new Set(['evidence']);

/** What an event says, field by field, without its evidence, and without the id that the whole page is about. */
export function fieldsOf({ data }: TrailEvent, subject: string): readonly Field[] {
  return Object.entries(data).flatMap(([name, value]: [string, unknown]): Field[] => {
    if (value === null || elsewhere.has(name)) return [];
    if (value === subject || idOf(value) === subject) return [];
    const shown = valueOf(name, value);
    return shown === null ? [] : [[labels[name] ?? label(name), shown]];
  });
}

function valueOf(name: string, value: unknown): Content {
  if (name === 'card') return cardWords(value as CardSummary);
  if (name === 'livemode') return value === true ? 'live' : 'test';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (name === 'created' && typeof value === 'number') return createdAt(value);
  if (name === 'reason' || name === 'cause' || name === 'usage' || name === 'type') return spelled(String(value));
  if (typeof value === 'string') return name.endsWith('At') ? timeOf(value) : identifier(value);
  if (Array.isArray(value)) return value.map(String).join(', ');
  const id = idOf(value);
  return id === null ? JSON.stringify(value) : identifier(id);
}

function idOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : null;
}

/** Unix seconds, of which there are more than `Date` can tell. */
function createdAt(seconds: number): Content {
  const instant = new Date(seconds * 1000);
  return Number.isNaN(instant.getTime()) ? String(seconds) : timeOf(instant.toISOString());
}
