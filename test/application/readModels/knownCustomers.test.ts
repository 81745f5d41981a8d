import { describe, expect, it } from 'vitest';
import { knownCustomers } from '../../../src/application/readModels/knownCustomers.ts';
import { openAttempts } from '../../../src/application/readModels/openAttempts.ts';
import { summed } from '../../../src/application/readModels/openCounts.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { wishedDefaults } from '../../../src/application/readModels/wishedDefaults.ts';
import { projectionSpec } from '../../../src/testing/projectionSpec.ts';
import { ana, attached, detached, other, pm, requested } from '../../domain/given.ts';

const spec = projectionSpec(knownCustomers);

describe('a known customer', () => {
  it('has what is attached to it, whoever asked for that, and none twice', () => {
    spec.when(attached()).thenDocuments({ cus_Ana: { customer: ana, paymentMethodIds: [pm] } });
    spec
      .given(requested(), attached(), attached({ paymentMethodId: other }))
      .when(attached())
      .thenDocuments({ cus_Ana: { customer: ana, paymentMethodIds: [other, pm] } });
  });

  it('is one also where nothing is attached any more', () => {
    spec
      .given(attached())
      .when(detached)
      .thenDocuments({ cus_Ana: { customer: ana, paymentMethodIds: [] } });
  });
});

it('of those that are open, the oldest is told by sort, in whatever order they are counted', () => {
  const [early, late] = ['2025-11-23T12:00:00.000Z', '2025-11-23T13:00:00.000Z'] as const;
  const attachment = { sort: 'attachment', count: 2 } as const;
  const setup = { sort: 'setup', count: 1, oldest: late } as const;
  expect(summed([{ ...attachment, oldest: late }, setup, { ...attachment, oldest: early }])).toEqual([
    { sort: 'attachment', count: 4, oldest: early },
    setup,
  ]);
});

it('read models are kept under names that stay: under another one, each would be built anew beside the old', () => {
  const names = [knownCustomers, openAttempts, paymentMethodsByCustomer, wishedDefaults].map(({ name }) => name);
  expect(names).toEqual(['knownCustomers', 'openAttempts', 'paymentMethodsByCustomer', 'wishedDefaults']);
});
