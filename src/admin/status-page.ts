import { readFileSync } from 'node:fs';

const asset = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const html = asset('status-page.html');
const style = asset('status-page.css');
const script = asset('status-page-script.js');

/**
 * Returns the status page: one document without further files, which requests `status.json` every second. Its style and
 * script carry the nonce of its Content-Security-Policy.
 */
export function statusPage(nonce: string): string {
  return html
    .replace('<link rel="stylesheet" href="status-page.css" />', () => `<style nonce="${nonce}">\n${style}</style>`)
    .replace(
      '<script type="module" src="status-page-script.js">',
      () => `<script type="module" nonce="${nonce}">\n${script}`,
    );
}
