import { capacityOf, combinationsOf, makeCode, readTemplate } from '../../src/domain/code-template';

const form = 'text with places such as {X:8}: L for letters, D for digits, X for both';

function templateOf(written: string) {
  const template = readTemplate(written);
  if ('problem' in template) throw new Error(template.problem);
  return template;
}

test.each([
  ['{D:1}', 8n],
  ['{L:2}', 19n ** 2n],
  ['{X:3}', 27n ** 3n],
  ['SPRING-{X:4}-{D:2}', 27n ** 4n * 8n ** 2n],
  ['{L:10}{D:10}', 19n ** 10n * 8n ** 10n],
  ['ЛЕТО-{X:1}', 27n],
])('%s makes %d codes', (written, count) => {
  expect(combinationsOf(templateOf(written))).toBe(count);
  expect(capacityOf(templateOf(written))).toBe(count / 1000n);
});

test.each([
  ['SPRING', `expected ${form}, got "SPRING"`],
  ['', `expected ${form}, got ""`],
  ['{X:0}', `expected ${form}, got "{X:0}"`],
  ['{X:100}', `expected ${form}, got "{X:100}"`],
  ['{Y:4}', `expected ${form}, got "{Y:4}"`],
  ['{x:4}', `expected ${form}, got "{x:4}"`],
  ['{X:4}}', `expected ${form}, got "{X:4}}"`],
  ['{{X:4}', `expected ${form}, got "{{X:4}"`],
  ['A {X:4}', `expected ${form}, got "A {X:4}"`],
  ['🎁{X:4}', `expected ${form}, got "🎁{X:4}"`],
  ['{X:60}{X:41}', 'expected a template of at most 100 characters, it makes 101'],
])('%j is refused', (written, problem) => {
  expect(readTemplate(written)).toEqual({ problem });
});

test('a code takes one character of each place', () => {
  const bounds: number[] = [];
  const last = (bound: number) => {
    bounds.push(bound);
    return bound - 1;
  };
  expect(makeCode(templateOf('A-{L:2}-{D:1}{X:1}'), last)).toBe('A-YY-99');
  expect(makeCode(templateOf('A-{L:2}-{D:1}{X:1}'), () => 0)).toBe('A-AA-2A');
  expect(bounds).toEqual([19, 19, 8, 27]);
});

test('no two characters that look alike can stand in one code', () => {
  const all = new Set(templateOf('{X:1}')[0]);
  for (const alike of ['0O', '1IL', '2Z', '5S', '8B', 'UV']) {
    expect([...alike].filter((character) => all.has(character)).length).toBeLessThanOrEqual(1);
  }
});
