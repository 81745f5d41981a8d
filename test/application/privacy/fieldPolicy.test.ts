import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { TrailEvent } from '../../../src/application/events/eventTypes.ts';
import { eventTypes } from '../../../src/application/events/eventTypes.ts';
import { metadataSchema } from '../../../src/application/events/eventCodec.ts';
import type { FieldPolicy } from '../../../src/application/privacy/fieldPolicy.ts';
import {
  encryptedUnits,
  fieldPolicy,
  metadataPolicy,
  neverKept,
} from '../../../src/application/privacy/fieldPolicy.ts';
import { leftOut, withoutUnencrypted } from '../../../src/application/privacy/withoutUnencrypted.ts';
import { changeAt, personalUnits } from '../../../src/application/privacy/personalUnits.ts';

const types = Object.keys(eventTypes) as TrailEvent['type'][];

describe('the field policy', () => {
  it.each(types)('names every field of %s, and none that it has not', (type) => {
    expect(Object.keys(fieldPolicy[type]).sort()).toEqual(fieldsOf(eventTypes[type].schema));
  });

  it('names every field of the metadata', () => {
    expect(Object.keys(metadataPolicy).sort()).toEqual(fieldsOf(metadataSchema));
  });

  it('finds a field wherever a schema hides it', () => {
    const leaf = z.string();
    const schema = z.object({
      plain: leaf,
      absent: leaf.optional(),
      empty: z.object({ inside: leaf }).nullable(),
      list: z.array(z.object({ item: leaf })),
      either: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), one: leaf }),
        z.object({ kind: z.literal('b'), other: leaf }),
      ]),
      masked: z.union([z.object({ secret: leaf }), z.literal('redacted')]).optional(),
    });
    const fields = [
      'absent',
      'either.kind',
      'either.one',
      'either.other',
      'empty.inside',
      'list.item',
      'masked.secret',
    ];
    expect(fieldsOf(schema)).toEqual([...fields, 'plain']);
  });

  it('has each field that is encrypted in a unit of its group, so that none stays in the clear by its side', () => {
    for (const [type, fields] of Object.entries(fieldPolicy)) {
      for (const [field, policy] of Object.entries(fields)) {
        const group = groupOf(policy);
        if (group === null) continue;
        const unit = encryptedUnits[group].find((path) => field === path || field.startsWith(`${path}.`));
        expect(unit, `${type}.${field}`).toBeDefined();
        expect(personalUnits(type)).toContainEqual({ path: unit, group, byDefault: policy.byDefault });
      }
    }
  });

  it('puts nothing into an encrypted unit that is kept in the clear', () => {
    for (const [type, fields] of Object.entries(fieldPolicy)) {
      for (const { path, group } of personalUnits(type)) {
        const within = Object.entries(fields).filter(([field]) => field === path || field.startsWith(`${path}.`));
        expect(within.map(([, policy]) => groupOf(policy))).toEqual(within.map(() => group));
      }
    }
  });

  it('keeps in the clear what says nothing of a person, and says what it is', () => {
    const fields = [...Object.values(fieldPolicy), metadataPolicy].flatMap((one) => Object.values(one));
    const impersonal = fields.filter((policy) => policy.class !== 'personal');
    const known = ['identifier', 'operational'].map((of) => ({ class: of, byDefault: 'kept' }));
    for (const policy of impersonal) expect(known).toContainEqual(policy);
    expect(fieldPolicy.DetachmentRequested).toMatchObject({
      paymentMethodId: { class: 'identifier' },
      requestedAt: { class: 'operational' },
    });
  });

  it('keeps of a person what tells one card from another, unless the host has it encrypted', () => {
    const card = Object.entries(fieldPolicy.PaymentMethodAttached).filter(([, policy]) => policy.class === 'personal');
    const kept = card.filter(([, { byDefault }]) => byDefault === 'kept');
    expect(kept.map(([field, policy]) => [field, groupOf(policy)])).toEqual([
      ['card.brand', null],
      ['card.last4', 'card'],
      ['card.expMonth', 'card'],
      ['card.expYear', 'card'],
      ['card.funding', null],
      ['card.country', null],
      ['card.fingerprint', 'fingerprint'],
      ['card.wallet', null],
    ]);
    const leftOutFields = card.filter(([, { byDefault }]) => byDefault === 'leftOut').map(([field]) => field);
    expect(kept.length + leftOutFields.length).toBe(card.length);
    for (const field of leftOutFields) expect(field).toMatch(/^billingDetails\./);
  });

  it('names what of Stripe’s is never kept, as a host’s record of its processing may quote it', () => {
    expect(neverKept.filter((path) => !path.includes('.'))).toEqual([
      'allow_redisplay',
      'metadata',
      'us_bank_account',
      'sepa_debit',
    ]);
    const ofCard = ['description', 'display_brand', 'iin', 'issuer', 'networks'].map((field) => `card.${field}`);
    expect(neverKept.filter((path) => path.includes('.'))).toEqual(['billing_details.tax_id', ...ofCard]);
  });

  it('leaves nothing out by default that it could not encrypt', () => {
    const policies = Object.values(fieldPolicy).flatMap((fields) => Object.values(fields));
    const policiesLeftOut = policies.filter(({ byDefault }) => byDefault === 'leftOut');
    expect(policiesLeftOut.length).toBeGreaterThan(0);
    for (const policy of policiesLeftOut) expect(groupOf(policy)).not.toBeNull();
  });
});

describe('what is kept only encrypted', () => {
  it('is what the policy leaves out by default, of every event', () => {
    const units = Object.keys(fieldPolicy).flatMap((type) => personalUnits(type));
    const found = units.filter(({ byDefault }) => byDefault === 'leftOut');
    expect(found.length).toBeGreaterThan(0);
    for (const { path, group } of found) expect({ field: path, group }).toEqual(leftOut);
  });

  it('is taken out of events where the store does not encrypt it, and nothing else is', () => {
    const data = { paymentMethodId: 'pm_1', billingDetails: { name: 'Ana' } };
    const recording = {
      seen: 1,
      events: [
        { type: 'A', data },
        { type: 'B', data: { a: 1 } },
        { type: 'C', data: null },
      ],
    };
    const kept = {
      seen: 1,
      events: [
        { type: 'A', data: { paymentMethodId: 'pm_1' } },
        { type: 'B', data: { a: 1 } },
        { type: 'C', data: null },
      ],
    };
    expect(withoutUnencrypted(recording)).toEqual(kept);
    expect(withoutUnencrypted(recording, ['card', 'fingerprint'])).toEqual(kept);
    expect(withoutUnencrypted(recording, ['billingDetails'])).toBe(recording);
    expect(withoutUnencrypted(kept)).toBe(kept);
  });
});

describe('what is to be encrypted', () => {
  const hide = () => 'hidden';

  it('is changed wherever its path leads, and nothing else is', () => {
    const data = { id: 'pm_1', card: { last4: '4242', brand: 'visa' }, bill: null };
    expect(changeAt(data, 'card.last4', hide)).toEqual({ ...data, card: { last4: 'hidden', brand: 'visa' } });
    expect(changeAt({ a: { b: { c: 1, d: 2 } } }, 'a.b.c', hide)).toEqual({ a: { b: { c: 'hidden', d: 2 } } });
    expect(changeAt(data, 'bill.name', hide)).toBe(data);
    expect(changeAt(data, 'absent.name', hide)).toBe(data);
  });

  it.each([
    ['a list', [{ last4: '4242' }]],
    ['a text', '4242'],
  ])('is never passed over where its path leads through %s: the event is refused', (_, card) => {
    expect(() => changeAt({ card }, 'card.last4', hide)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
  });
});

function groupOf(policy: FieldPolicy) {
  return policy.class === 'personal' ? policy.encryptedWith : null;
}

/** The paths of all values in what a schema lets through, sorted; those in a list stand under the list's own. */
function fieldsOf(schema: z.ZodType): string[] {
  return [...new Set(pathsIn(schema, ''))].sort();
}

function pathsIn(schema: unknown, path: string): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return pathsIn(schema.unwrap(), path);
  if (schema instanceof z.ZodArray) return pathsIn(schema.element, path);
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, part]) =>
      pathsIn(part, path === '' ? name : `${path}.${name}`),
    );
  }
  if (schema instanceof z.ZodUnion) {
    // What it may be in part stands for all of it: a literal that masks an object has no fields.
    const options = schema.options.map((option) => pathsIn(option, path)).filter((paths) => paths.join() !== path);
    return options.length === 0 ? [path] : options.flat();
  }
  return [path];
}
