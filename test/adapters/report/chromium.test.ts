import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { findChromium, openPage } from '../../support/chromium/chromium.ts';
import { aCustomerReport, aPaymentMethodReport } from './reports.ts';

type Finding = {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
};
type Examined = { readonly violations: readonly Finding[]; readonly passes: readonly Finding[] };

/** What axe-core finds in a page, which it is put into: the page's own policy would not let it run. */
async function examine(page: string, flags: readonly string[] = []): Promise<Examined> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const program = `${axe.replaceAll('</script', '<\\/script')}
    axe.run().then(({ violations, passes }) => {
      document.title = 'examined';
      document.documentElement.innerHTML = '<pre>' + encodeURIComponent(JSON.stringify({ violations, passes })) + '</pre>';
    });`;
  const open = page
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replace('</body>', () => `<script>${program}</script></body>`);
  const dumped = await openPage(open, ['--virtual-time-budget=30000', '--dump-dom', ...flags]);
  const [, result] = /<pre>([^<]+)<\/pre>/.exec(dumped) ?? [];
  if (result === undefined) throw new Error('axe-core did not come to its end');
  return JSON.parse(decodeURIComponent(result)) as Examined;
}

const light = ['--blink-settings=preferredColorScheme=1'];
const dark = ['--blink-settings=preferredColorScheme=0'];
const phone = ['--window-size=500,900'];
const tellOf = ({ id, impact, nodes }: Finding) => `${impact}: ${id} at ${nodes.map(({ html }) => html).join(' ')}`;

describe.skipIf(findChromium() === undefined)('a report in Chromium', { timeout: 60_000 }, () => {
  it.each([
    ['of a payment method, by day', aPaymentMethodReport(), light],
    ['of a payment method, by night', aPaymentMethodReport(), dark],
    ['of a customer, by night', aCustomerReport(), dark],
    ['of a customer, on a phone', aCustomerReport(), [...light, ...phone]],
  ])('%s, has nothing that axe-core finds', async (_, page, flags) => {
    const { violations, passes } = await examine(page, flags);
    expect(violations.map(tellOf)).toEqual([]);
    expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(['color-contrast', 'heading-order', 'list']));
  });

  it('would be found to have faults, if it had', async () => {
    const faulty = aPaymentMethodReport()
      .replace('<html lang="en">', '<html>')
      .replaceAll('<h3', '<h5')
      .replaceAll('</h3', '</h5');
    const { violations } = await examine(faulty);
    expect(violations.map(({ id }) => id)).toEqual(expect.arrayContaining(['html-has-lang', 'heading-order']));
  });

  it('runs nothing that somebody managed to write into it', async () => {
    const broken = aPaymentMethodReport().replace('</body>', `<script>document.title = 'run'</script></body>`);
    expect(await openPage(broken, ['--dump-dom'])).toContain('<title>Payment method pm_1: audit report</title>');
  });
});
