import { startTinyApi, type TinyApi } from './tiny-api';

let api: TinyApi;
beforeAll(async () => {
  api = await startTinyApi();
});
afterAll(() => api.close());

it.each(['/', '/docs', '/docs/'])('%s shows a page that needs this server only', async (path) => {
  const response = await fetch(`${api.url}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  const page = await response.text();
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) {
    expect(link).toMatch(/^(\/|data:)/);
    if (link.startsWith('/')) expect((await fetch(`${api.url}${link}`)).status).toBe(200);
  }
});

it('serves the OpenAPI document', async () => {
  const response = await fetch(`${api.url}/openapi.json`);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await response.json()).toMatchObject({ openapi: '3.1.0' });
});
