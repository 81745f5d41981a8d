import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../src/adapters/cli/output/csv.ts';
import { printTable } from '../../../src/adapters/cli/output/table.ts';
import { printable, printableJson, withoutSecrets } from '../../../src/adapters/cli/parts/printable.ts';
import { Progress } from '../../../src/adapters/cli/parts/progress.ts';
import { Terminal } from '../../../src/adapters/cli/parts/terminal.ts';
import { keeper } from './support.ts';

const escape = '\u001b[31m';
const clearLine = '\u001b[0K';

function aTerminal({ isTTY = false, env = {} }: { isTTY?: boolean; env?: NodeJS.ProcessEnv } = {}) {
  const stdout = keeper({ isTTY });
  const stderr = keeper({ isTTY });
  return { stdout, stderr, terminal: new Terminal({ stdout: stdout.output, stderr: stderr.output, env }) };
}

describe('colours', () => {
  it.each([
    ['in a terminal', true, {}, true],
    ['not where it is piped', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['as ever with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['not in a dumb terminal', true, { TERM: 'dumb' }, false],
    ['where it is piped, with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
  ])('%s', (_, isTTY, env, isStyled) => {
    const { terminal } = aTerminal({ isTTY, env });
    expect(terminal.style('red', 'x')).toBe(isStyled ? `${escape}x\u001b[39m` : 'x');
    expect(terminal.styleNote('red', 'x')).toBe(isStyled ? `${escape}x\u001b[39m` : 'x');
  });
});

describe('progress', () => {
  it('is a line now and then where there is no terminal', () => {
    const { terminal, stderr, stdout } = aTerminal();
    let now = 0;
    const progress = new Progress(terminal, { doing: 'Verifying', now: () => now });
    for (now = 0; now <= 60_000; now += 1000) progress.update(now, 120_000);
    progress.stop();
    expect(stderr.text()).toBe('Verifying: 5000 of 120000 events (4 %)\nVerifying: 35000 of 120000 events (29 %)\n');
    expect(stdout.text()).toBe('');
  });

  it('is a bar in a terminal, which goes when it is done', () => {
    const { terminal, stderr, stdout } = aTerminal({ isTTY: true });
    const progress = new Progress(terminal, { doing: 'Verifying' });
    progress.update(50, 100);
    expect(stderr.text()).toContain('Verifying ██████████░░░░░░░░░░ 50%  50 of 100 events');
    progress.stop();
    expect(stderr.text()).toContain(clearLine);
    expect(stdout.text()).toBe('');
  });
});

describe('what comes from outside', () => {
  it('cannot colour, clear or turn a terminal: it is spelled out', () => {
    expect(printable(`a${escape}b\u009b2J\u202Ecod\r\n\u2028\ud800`)).toBe(
      'a\\u{1b}[31mb\\u{9b}2J\\u{202e}cod\\u{d}\\u{a}\\u{2028}\\u{d800}',
    );
    expect(printable('Ünï 漢字 •••• 🙂')).toBe('Ünï 漢字 •••• 🙂');
  });

  it('is escaped in JSON, which stays what it was', () => {
    const value = { actor: `a${escape}b\u009b2J\u202Ec\u{e0001}` };
    const text = printableJson(JSON.stringify(value, null, 2));
    expect(text).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });

  it('is no formula in a spreadsheet, and stays in its cell', () => {
    expect(csvLine(['=1+1', '@x', '-2', 'a,b', 'say "hi"', 'two\nlines', 'pm_1'])).toBe(
      `'=1+1,'@x,'-2,"a,b","say ""hi""","two\nlines",pm_1`,
    );
  });

  it('is no formula where a semicolon parts the cells, nor with the signs of another keyboard', () => {
    expect(csvLine(['x;=1+1', 'x;+1;-2', '＝1+1', 'a;b', '=x;@y'])).toBe(`x;'=1+1,x;'+1;'-2,'＝1+1,a;b,'=x;'@y`);
  });

  it('loses its keys and passwords in a message', () => {
    expect(withoutSecrets('sk_live_51Abc, whsec_9z, postgres://me:hush@db/x and postgres://me@db/x')).toBe(
      'sk_live_…, whsec_…, postgres://me:…@db/x and postgres://me@db/x',
    );
  });
});

it('a table of any length is printed as it comes, its columns as wide as the first rows are', async () => {
  const { terminal, stdout } = aTerminal();
  async function* rows() {
    for (let row = 0; row < 1000; row += 1) yield [`${row}`, row === 999 ? 'wider than those before' : 'x'];
  }
  expect(await printTable(terminal, ['#', 'what'], rows())).toBe(1000);
  const lines = stdout.text().split('\n');
  expect(lines).toHaveLength(1002);
  expect(lines[0]).toBe('#    what');
  expect(lines[1000]).toBe('999  wider than those before');
});
