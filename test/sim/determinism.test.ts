import { describe, expect, it } from 'vitest';
import { place } from '../../sim/placements.ts';
import { simulate } from '../../sim/simulate.ts';

const seeds = [3, 8, 51, 1110];

describe('a simulated life', () => {
  for (const seed of seeds) {
    it(`of seed ${seed} is the same to the byte when it is lived again, and keeps every rule`, async () => {
      const first = await simulate(seed, { withTimeline: true });
      const second = await simulate(seed, { withTimeline: true });
      expect(second.timeline.join('\n')).toBe(first.timeline.join('\n'));
      expect(first.timeline.length).toBeGreaterThan(20);
      expect(first.violations).toEqual([]);
    });
  }

  it('is another one for another seed', async () => {
    const [one, other] = [await simulate(1, { withTimeline: true }), await simulate(2, { withTimeline: true })];
    expect(one.timeline.join('\n')).not.toBe(other.timeline.join('\n'));
  });

  it('is the same whether or not it is written down', async () => {
    const [written, unwritten] = [await simulate(8, { withTimeline: true }), await simulate(8)];
    expect(unwritten.timeline).toEqual([]);
    expect(unwritten.attaches).toBe(written.attaches);
    expect([...unwritten.sometimes.counts]).toEqual([...written.sometimes.counts]);
  });

  it('is the same whatever is going on where it begins: at a message of its worker, or behind another life', async () => {
    const atMessage = await new Promise<Awaited<ReturnType<typeof simulate>>>((resolve, reject) => {
      setImmediate(() => void simulate(5402, { withTimeline: true }).then(resolve, reject));
    });
    const behind = await simulate(5402, { withTimeline: true });
    expect(atMessage.timeline.join('\n')).toBe(behind.timeline.join('\n'));
  });

  it('leaves time and chance alone: neither the machine’s clock nor its chance is asked', async () => {
    const asked: string[] = [];
    const { now } = Date;
    const { random } = Math;
    Date.now = () => {
      asked.push('Date.now');
      return now();
    };
    Math.random = () => {
      asked.push('Math.random');
      return random();
    };
    try {
      await simulate(51);
    } finally {
      Date.now = now;
      Math.random = random;
    }
    expect(asked).toEqual([]);
  });
});

describe('a placed fault', () => {
  it('strikes at its boundary and nowhere else', async () => {
    const { timeline, boundaries, violations } = await place([{ at: 1, fault: 'loseResponse' }], {
      withTimeline: true,
    });
    expect(timeline.filter((line) => line.includes('!'))).toHaveLength(1);
    expect(boundaries.slice(0, 2)).toEqual(['append', 'ask']);
    expect(violations).toEqual([]);
  });

  it('that crashes the process is recovered from within a minute, by default settings', async () => {
    const { deaths, resolvedAt } = await place([{ at: 1, fault: 'crashAfter' }]);
    expect((resolvedAt ?? Infinity) - (deaths[0] ?? 0)).toBeLessThan(60_000);
  });
});
