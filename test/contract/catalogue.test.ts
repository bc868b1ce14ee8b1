import { commonRefusals, type Endpoint } from '../../src/contract/endpoint';
import { subjects } from '../../src/contract/index';
import { check } from '../../src/contract/problems';
import { refusals } from '../../src/domain/refusal';

const endpoints = Object.values(subjects).flatMap((subject) => Object.values(subject));

describe('the catalogue of refusals', () => {
  it('has numbers as documented and texts that differ', () => {
    const all = Object.values(refusals);
    const known = [400, 401, 402, 403, 404, 405, 409, 422, 429, 500, 503];
    expect(all.filter(({ error }) => !known.includes(error))).toEqual([]);
    const free = all.filter(({ text }) => text !== '{problem}').map(({ text }) => text);
    expect(new Set(free).size).toBe(free.length);
  });

  it('is used: each refusal is common or listed by an endpoint', () => {
    const listed = new Set<string>([
      ...commonRefusals,
      'path_unknown',
      ...endpoints.flatMap((it) => it.refusals),
    ]);
    expect(Object.keys(refusals).filter((code) => !listed.has(code))).toEqual([]);
  });
});

describe.each(endpoints.map((it) => [`${it.method} ${it.path}`, it] as const))('%s', (_, endpoint) => {
  it('lists refusals that exist, once, and none of the common ones', () => {
    const codes: readonly string[] = endpoint.refusals;
    expect(codes.filter((code) => !(code in refusals))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => (commonRefusals as readonly string[]).includes(code))).toEqual([]);
  });

  it('has examples that its own contract takes', () => {
    const { family } = endpoint as Endpoint;
    if (family !== 'files') expect(endpoint.examples.length).toBeGreaterThan(0);
    for (const example of endpoint.examples) {
      expect(check(endpoint.request, example.request)).toHaveProperty('value');
      expect(check(endpoint.response, example.response)).toEqual({ value: example.response });
    }
  });

  it('has a path of its own', () => {
    const taken = endpoints.flatMap((it) => [it.path, ...it.aliases].map((path) => `${it.method} ${path}`));
    const own = [endpoint.path, ...endpoint.aliases].map((path) => `${endpoint.method} ${path}`);
    for (const path of own) expect(taken.filter((it) => it === path)).toHaveLength(1);
  });
});
