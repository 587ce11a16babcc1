import { describe, expect, test } from 'vitest';
import { LiveView } from './live-view.ts';

const HIDE = '\u001B[?25l';
const SHOW = '\u001B[?25h';

function open(render: () => string): { readonly view: LiveView; readonly written: string[] } {
  const written: string[] = [];
  const view = new LiveView({ write: (text) => written.push(text), screen: () => ({ columns: 40, rows: 10 }), render });
  return { view, written };
}

describe('the live view', () => {
  test('writes a frame only when something changed, each in one go', async () => {
    let text = 'one';
    let renders = 0;
    const { view, written } = open(() => {
      renders += 1;
      return text;
    });
    await expect.poll(() => renders).toBeGreaterThan(2);
    expect(written).toHaveLength(2);
    text = 'two';
    const before = renders;
    await expect.poll(() => renders).toBeGreaterThan(before + 1);
    expect(written).toHaveLength(3);
    expect(written[2]).toMatch(/^\u001B\[\?2026h.*two\n.*\u001B\[\?2026l$/s);
    view[Symbol.dispose]();
  });

  test('lines stand above the area, and those still waiting are written at the end', async () => {
    const { view, written } = open(() => 'area');
    await expect.poll(() => written.join('')).toContain('area');
    view.print('first');
    await expect.poll(() => written.at(-1)).toMatch(/first\narea/);
    view.print('last');
    view[Symbol.dispose]();
    expect(written.join('')).toContain('last\n');
  });

  test('gives the cursor back once, and when the process exits without having been asked', () => {
    const before = new Set(process.listeners('exit'));
    const { view, written } = open(() => '');
    expect(written).toEqual([HIDE]);
    for (const listener of process.listeners('exit')) if (!before.has(listener)) listener.call(process, 1);
    view[Symbol.dispose]();
    expect(written.filter((text) => text === SHOW)).toHaveLength(1);
    expect(written.at(-1)).toBe(SHOW);
  });
});
