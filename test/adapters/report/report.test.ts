import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attached, requested } from '../../domain/given.ts';
import { aCustomerReport, aPaymentMethodReport, tampered } from './reports.ts';

const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ');

describe('a report', () => {
  it('says who did what, when, with which outcome and on what evidence', () => {
    const text = textOf(aPaymentMethodReport());
    for (const words of [
      'Detached, for good',
      '2025-11-23 12:00:00.123 UTC by user-7',
      'Attachment rejected by Stripe',
      'Reasoncard declined',
      'Why it is unknowntimeout',
      'Open still after the request.',
      'Known by a later look at Stripe, Stripe request req_8.',
      'Known by a webhook that Stripe sent.',
      '1no answer: timeout—2HTTP 500req_7',
      'Cardvisa •••• 4242, expires 08/2026, credit, US',
      'Verified up to position 6',
      'sealed up to position 4. Events after that are chained, not yet sealed.',
      'Position 5 · paymentMethod-pm_1 version 5',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('says what is wrong where the trail is not intact', () => {
    const text = textOf(aPaymentMethodReport({ verification: tampered }));
    expect(text).toContain('Not intact');
    expect(text).toContain('At position 4 of the trail something is wrong: hash mismatch.');
    expect(text).not.toContain('Verified');
  });

  it('shows a customer with its payment methods, as of when it was asked for', () => {
    const text = textOf(aCustomerReport());
    expect(text).toContain('As of2025-11-23 13:00:00.000 UTC');
    expect(text).toContain('2 of 3 payment methods attached');
    expect(text).toContain('The customer was deleted at Stripe');
    expect(text).toContain('attached (default)');
  });

  it('names its styles by their hash, and lets nothing else be loaded or run', () => {
    const page = aPaymentMethodReport();
    const [, styles = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const hash = createHash('sha256').update(styles).digest('base64');
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|\sstyle=|\son[a-z]+=|@import|url\(/);
  });
});

describe('hostile data', () => {
  const hostile = [
    `</script><script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' onmouseover='alert(1)`,
    `</style><style>body{display:none}</style>`,
    `<!--`,
    `&lt;b&gt;`,
    `\u202Egnp.exe\u2066`,
    `a\u0000b\u001b[31m\u200b`,
    `${'\ud800'}`,
  ];
  const plain = aPaymentMethodReport({ events: [requested(), attached()] });
  const tagsOf = (page: string) => page.match(/<[^>]*>/g)?.filter((tag) => !tag.startsWith('<time')) ?? [];

  it.each(hostile)('is shown as it is, and is never markup: %j', (text) => {
    const page = aPaymentMethodReport({ actor: text, trail: text, events: [requested(), attached({ type: text })] });
    expect(tagsOf(page)).toEqual(tagsOf(plain));
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it('is spelled out where it would turn or hide what stands around it', () => {
    expect(aPaymentMethodReport({ actor: 'ada\u202Egnp' })).toContain('<bdi class="actor">ada⟨U+202E⟩gnp</bdi>');
  });
});
