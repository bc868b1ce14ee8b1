import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type express from 'express';
import { openApiText } from './openapi';

const types = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
} as const;

/** Nothing but what this server sends: the page works, and tells nobody, without the internet. */
const policy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** GET /openapi.json, and GET /docs: the same for people, where every call can be tried. / leads there. */
export function mountDocs(app: express.Express): void {
  const own = (name: string) => readFileSync(join(__dirname, 'docs', name));
  const file = (path: string) => readFileSync(path);
  app.get('/', (_request, response) => response.redirect('/docs'));
  serve(app, '/openapi.json', 'json', openApiText());
  serve(app, '/docs', 'html', own('index.html'));
  serve(app, '/docs/page.css', 'css', own('page.css'));
  serve(app, '/docs/page.js', 'js', own('page.js'));
  serve(app, '/docs/swagger-ui.css', 'css', file(require.resolve('swagger-ui-dist/swagger-ui.css')));
  serve(
    app,
    '/docs/swagger-ui-bundle.js',
    'js',
    file(require.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
  );
}

function serve(app: express.Express, path: string, type: keyof typeof types, content: string | Buffer): void {
  app.get(path, (_request, response) => {
    response.set({
      'Content-Type': `${types[type]}; charset=utf-8`,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    });
    response.send(content);
  });
}
