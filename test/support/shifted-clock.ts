import { globSync } from 'node:fs';

/** The library that shows a process another time than the machine's, where Debian's `faketime` or a build by hand put it. */
export const libfaketime: string | undefined = globSync('/usr/{lib,lib/*,local/lib}/faketime/libfaketime.so.1')[0];

/** The environment of a process whose clock is off by so much, such as `+1d` or `-180s`; its timers keep their pace. */
export function shiftedClock(shift: string): Record<string, string> {
  if (libfaketime === undefined) throw new Error('this needs libfaketime (Debian: faketime)');
  return {
    LD_PRELOAD: libfaketime,
    FAKETIME: shift,
    FAKETIME_DONT_RESET: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
