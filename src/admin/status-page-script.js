/**
 * The script of the status page: asks for the status, and writes it into the elements that name a field of it.
 * Values become text, never markup: an error may quote any byte that a source sent.
 *
 * @typedef {import('./status.ts').ServiceStatus} ServiceStatus
 * @typedef {ServiceStatus['streams'][number]} StreamStatus
 * @typedef {import('../load/status.ts').RecentRun} RecentRun
 * @typedef {import('../load/status.ts').RecentRejection} RecentRejection
 * @typedef {{ at: string, text: string }} Moment
 * @typedef {Record<string, string | number | Moment | null>} Values
 */

const EVERY_MS = 1000;
const HIDDEN_EVERY_MS = 15_000;
const PATIENCE_MS = 10_000;

// Words for numbers, spans and instants.

const number = new Intl.NumberFormat('en-US');
const percent = new Intl.NumberFormat('en-US', { style: 'percent' });

/** @type {readonly (readonly [string, number])[]} */
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** @param {number} amount @param {string} noun */
const counted = (amount, noun) => `${number.format(amount)} ${noun}${amount === 1 ? '' : 's'}`;

/** A span in its largest unit: 4 minutes. @param {number} ms */
function span(ms) {
  const [noun, size] = UNITS.find(([, size]) => ms >= size) ?? ['second', 1000];
  return counted(Math.max(0, Math.floor(ms / size)), noun);
}

/** A span to the tenth of a second while that matters. @param {number} ms */
function exactSpan(ms) {
  if (ms < 60_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @param {string} at @param {number} now @returns {Moment} */
const ago = (at, now) => ({ at, text: `${span(now - Date.parse(at))} ago` });

// Values go to the elements that name them.

/** @param {Element} element @param {string} text */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text; // what stays the same stays selected
}

/** @param {HTMLProgressElement} bar @param {number} share from 0 to 1; below 0 is unknown */
function putShare(bar, share) {
  if (share < 0) bar.removeAttribute('value');
  else bar.value = share;
}

/** @param {HTMLElement} element @param {Values[string] | undefined} value */
function write(element, value) {
  if (element instanceof HTMLProgressElement) return putShare(element, Number(value));
  const isMoment = typeof value === 'object' && value !== null;
  const text = isMoment ? value.text : typeof value === 'number' ? number.format(value) : (value ?? '');
  put(element, text);
  if (isMoment) element.title = new Date(value.at).toLocaleString();
  if (isMoment && element instanceof HTMLTimeElement) element.dateTime = value.at;
  if (element.dataset.value !== undefined) element.dataset.value = text;
  element.classList.toggle('zero', value === 0);
}

/** @param {ParentNode} scope @param {string} selector */
const elements = (scope, selector) =>
  [...scope.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);

/** Shows values in the elements that name them, and hides what depends on an absent one. @param {ParentNode} scope @param {Values} values */
function fill(scope, values) {
  for (const element of elements(scope, '[data-if]'))
    element.hidden = (values[element.dataset.if ?? ''] ?? null) === null;
  for (const element of elements(scope, '[data-field]')) write(element, values[element.dataset.field ?? '']);
}

/** Shows one child for each item; existing ones stay, so that a bar continues where it was. @param {ParentNode} parent @param {readonly Values[]} items @param {() => Node} make */
function fillList(parent, items, make) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove();
  while (parent.children.length < items.length) parent.append(make());
  [...parent.children].forEach((child, index) => fill(child, items[index] ?? {}));
}

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
function find(id, kind) {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page lacks ${id}`);
}

/** @param {string} id */
const byId = (id) => find(id, HTMLElement);

/** @param {string} id */
const copyOf = (id) => () => document.importNode(find(id, HTMLTemplateElement).content, true);

/** A cell under a header; on a narrow screen it names its column. @param {HTMLTableCellElement} head */
function makeCell(head) {
  const cell = document.createElement('td');
  const value = head.dataset.badge === undefined ? cell : cell.appendChild(document.createElement('span'));
  if (value !== cell) Object.assign(value, { className: 'badge' }).dataset.value = '';
  value.dataset.field = head.dataset.field;
  cell.classList.add(...head.classList);
  cell.dataset.label = head.textContent;
  return cell;
}

/** Fills a table; the sentence behind it shows when there is nothing. @param {string} id @param {readonly Values[]} rows */
function fillTable(id, rows) {
  const table = find(id, HTMLTableElement);
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const makeRow = () => {
    const row = document.createElement('tr');
    row.append(...heads.map(makeCell));
    return row;
  };
  for (const body of table.tBodies) fillList(body, rows, makeRow);
  table.hidden = rows.length === 0;
}

// What the status means.

/** @param {StreamStatus} stream */
function stateOf({ freshnessMs, staleAfterMs, missingScope }) {
  if (missingScope?.isLeftOut) return 'left out';
  if (freshnessMs === null) return 'never';
  return staleAfterMs === null || freshnessMs < staleAfterMs ? 'fresh' : 'stale';
}

/** @param {string} mode */
const walkOf = (mode) => `${mode.charAt(0).toUpperCase()}${mode.slice(1)} walk`;

/** @param {StreamStatus['lastComplete']} last @param {number} now */
function describeLast(last, now) {
  if (!last) return 'The stored records may be incomplete.';
  const took = exactSpan(Date.parse(last.finishedAt) - Date.parse(last.startedAt));
  const text = `${walkOf(last.mode)}, complete ${ago(last.finishedAt, now).text}: ${counted(last.records, 'record')} in ${took}`;
  return { at: last.finishedAt, text };
}

/** @param {StreamStatus['walk']} walk @param {number} now @returns {Values} */
function walkValues(walk, now) {
  if (!walk) return { walk: null, share: null };
  const { mode, startedAt, isRunning, pages, records, total, etaMs } = walk;
  const started = ago(startedAt, now);
  if (!isRunning)
    return {
      walk: `${walkOf(mode)} interrupted`,
      walkStarted: { at: startedAt, text: `after ${counted(pages, 'page')}, started ${started.text}` },
      share: null,
      walked: 'The next run resumes there.',
    };
  // An incremental walk reads only a part of the list: the total is not its end.
  const share = mode === 'full' && total ? Math.min(1, records / total) : -1;
  const read = share < 0 ? counted(records, 'record') : `${number.format(records)} of ${counted(total ?? 0, 'record')}`;
  return {
    walk: `${walkOf(mode)} running`,
    walkStarted: { at: startedAt, text: `started ${started.text}` },
    share,
    walked: `${read}, ${counted(pages, 'page')}`,
    left: [share < 0 ? [] : percent.format(share), etaMs === null ? [] : `${span(etaMs)} left`].flat().join(', '),
  };
}

/** @param {number} count */
const about = (count) => `about ${number.format(count)}`;

/** @param {{ code: string | null, message: string }} error */
const withCode = ({ code, message }) => (code === null ? message : `${code}: ${message}`);

/** @param {StreamStatus} stream @param {number} now @returns {Values} */
function streamValues(stream, now) {
  const { freshnessMs, lastComplete, lastError, missingScope, rows, deleted, isEstimated, rejected, walk } = stream;
  return {
    name: stream.stream,
    state: stateOf(stream),
    age: freshnessMs === null ? 'No complete walk yet' : span(freshnessMs),
    isOld: freshnessMs,
    last: describeLast(lastComplete, now),
    missingScope: missingScope?.scope ?? null,
    rows: isEstimated ? about(rows) : rows,
    deleted: isEstimated ? about(deleted) : deleted,
    rejected,
    ...walkValues(walk, now),
    error: lastError && withCode(lastError),
    errorAge: lastError && ago(lastError.at, now),
  };
}

/** @param {RecentRun} run @param {number} now @returns {Values} */
const runValues = (run, now) => ({
  ...run,
  error: run.error && withCode({ code: run.errorCode, message: run.error }),
  outcome: run.outcome ?? 'running',
  started: ago(run.startedAt, now),
  took: exactSpan((run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt)),
  deleted: run.tombstoned,
});

/** @param {RecentRejection} rejection @param {number} now @returns {Values} */
const rejectionValues = ({ stream, recordId, reason, firstSeenAt }, now) => ({
  stream,
  id: recordId ?? 'unknown',
  reason,
  firstSeen: ago(firstSeenAt, now),
});

/** Returns what needs an operator: kinds and sentences. @param {StreamStatus} stream @returns {Map<string, string>} */
function concernsOf(stream) {
  const { stream: name, walk } = stream;
  const found = new Map();
  if (stream.missingScope?.isLeftOut) return found;
  if (stream.lastError) found.set('failed', `The last run of ${name} failed.`);
  if (stream.rejected > 0) found.set('rejected', `Records of ${name} were rejected.`);
  if (stream.pendingDeletions)
    found.set(
      'held',
      `${counted(stream.pendingDeletions.records, 'record')} of ${name} are missing at the source: a second full walk, or sync --confirm-deletions, marks them as deleted.`,
    );
  if (stateOf(stream) === 'stale') found.set('stale', `${name} is stale.`);
  if (stateOf(stream) === 'never')
    found.set('never', walk?.isRunning ? `${name} is on its first walk.` : `${name} was never walked completely.`);
  return found;
}

/** The worst concern as state, and all concerns as text. @param {ServiceStatus} status @returns {Values} */
function verdictOn({ streams, queue, otherRejections }) {
  const found = streams.flatMap((stream) => [...concernsOf(stream)]);
  for (const { stream } of otherRejections) found.push(['rejected', `Records of ${stream} were rejected.`]);
  if ('error' in queue) found.unshift(['failed', 'The queue does not respond.']);
  return {
    state:
      ['failed', 'stale', 'rejected', 'held', 'never'].find((kind) => found.some(([one]) => one === kind)) ?? 'fresh',
    text: found.map(([, sentence]) => sentence).join(' ') || 'Everything is up to date.',
  };
}

/** A name with that of its account, where the account has one. @param {string} name @param {string} account */
const labelled = (name, account) => (account === 'default' ? name : `${name}/${account}`);

/** Items under the labels of their streams. @template {{ stream: string, account: string }} T @param {readonly T[]} items */
const byLabel = (items) => items.map((item) => ({ ...item, stream: labelled(item.stream, item.account) }));

/** @param {ServiceStatus} found */
function show(found) {
  const status = { ...found, streams: byLabel(found.streams), otherRejections: byLabel(found.otherRejections) };
  const { at, streams, queue, webhooks } = status;
  const [runs, rejections] = [byLabel(found.runs), byLabel(found.rejections)];
  const now = Date.parse(at);
  const jobs = Object.entries('counts' in queue ? queue.counts : {}).map(([name, count]) => ({ name, count }));
  const cards = streams.map((stream) => streamValues(stream, now));
  const sources = webhooks.map(({ source, account, ...counts }) => ({
    ...counts,
    source: labelled(source, account),
    last: ago(counts.lastReceivedAt, now),
  }));
  fill(byId('verdict'), verdictOn(status));
  fill(byId('as-of'), { at: { at, text: new Date(at).toLocaleTimeString() } });
  fillList(byId('streams'), cards, copyOf('stream'));
  fill(byId('queue'), {
    backend: queue.backend,
    error: 'error' in queue ? withCode({ code: queue.errorCode, message: queue.error }) : null,
  });
  fillList(byId('counts'), jobs, copyOf('count'));
  fillTable('webhooks', sources);
  fillTable(
    'runs',
    runs.map((run) => runValues(run, now)),
  );
  fillTable(
    'rejections',
    rejections.map((rejection) => rejectionValues(rejection, now)),
  );
}

// Polling.

// A relative URL would be refused where the page's own URL has a password in it.
const url = new URL('status.json', location.origin + location.pathname);
let answeredAt = new Date();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

async function fetchStatus() {
  const response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

/** @param {unknown} [error] */
function noteConnection(error) {
  const isLost = error !== undefined;
  if (!isLost) answeredAt = new Date();
  const reason = error instanceof Error ? error.message : String(error);
  put(byId('lost'), isLost ? `No response since ${answeredAt.toLocaleTimeString()} (${reason}). Retrying.` : '');
  document.body.classList.toggle('is-lost', isLost);
}

async function ask() {
  timer = undefined;
  try {
    show(await fetchStatus());
    document.body.classList.remove('is-waiting');
    noteConnection();
  } catch (error) {
    noteConnection(error);
  }
  timer = setTimeout(() => void ask(), document.hidden ? HIDDEN_EVERY_MS : EVERY_MS);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden || timer === undefined) return; // a request is already running
  clearTimeout(timer);
  void ask();
});

void ask();
