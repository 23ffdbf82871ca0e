// JSON.parse of a source's pages: the CPU time of one page, in a process that has done so before. Prints it as one JSON line.
// node bench/parse.ts <sessions>
import { cpuSeconds } from './control.ts';

const PAGE = 100;
const ROUNDS = 10;

async function read(page: number): Promise<string> {
  const url = `${process.env.SOURCE_URL}/v1/checkouts/?page=${page}&limit=${PAGE}&sorting=created_at`;
  const headers = { 'accept-encoding': 'identity', authorization: `Bearer ${process.env.SOURCE_TOKEN}` };
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  return response.text();
}

const pages = Array.from({ length: Math.ceil(Number(process.argv[2]) / PAGE) }, (_, at) => read(at + 1));
const texts = await Promise.all(pages);

function parseAll(): void {
  for (let round = 0; round < ROUNDS; round++) for (const text of texts) JSON.parse(text);
}

parseAll();
const before = cpuSeconds();
parseAll();
process.stdout.write(`${JSON.stringify({ cpuSeconds: (cpuSeconds() - before) / (ROUNDS * texts.length) })}\n`);
