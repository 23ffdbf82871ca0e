// Runs before `npm run demo` and `npm test`: installs the dependencies if they are missing or differ from the lock file.
// Plain JavaScript, because it must run on the machine's own Node.js (20 or newer) before anything is installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const installed = () => {
  try {
    const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
    const wanted = packages('package-lock.json');
    const present = packages('node_modules/.package-lock.json');
    return Object.keys(wanted).every(
      (path) => path === '' || wanted[path].optional || present[path]?.version === wanted[path].version,
    );
  } catch {
    return false; // node_modules is missing or incomplete
  }
};

if (!installed()) {
  console.error('checkout-sync: installing dependencies (npm ci), once');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('checkout-sync: npm ci failed; see its message above');
    process.exit(1);
  }
}
