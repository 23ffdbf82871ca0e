/** Milliseconds of CPU that this process has used: unlike the clock, a machine with other work to do does not add to it. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
