import './module-hooks.ts';

const { main } = await import('./main.ts');
await main();
