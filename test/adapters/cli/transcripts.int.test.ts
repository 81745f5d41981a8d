import { resolve } from 'node:path';
import { it } from 'vitest';
import { aTerminal } from '../../support/terminal.ts';
import { expectTranscripts } from './transcripts.ts';

const timeout = 60_000;

it('docs/cli.md shows what the program prints (run with UPDATE_TRANSCRIPTS=1 to write it anew)', {
  timeout,
}, async () => {
  await expectTranscripts(resolve('docs/cli.md'), { atLeast: 30, type: await aTerminal() });
});
