import { requireAdminToken } from './admin/admin.ts';
import type { Config } from './config/config.ts';
import type { ScheduledWalk } from './model/schedule.ts';
import type { Source } from './model/source.ts';
import { scheduleWalks } from './queue/schedules.ts';
import { streamEntities } from './sources/index.ts';

/** The plan of a worker, checked before anything is opened. */
export interface WorkPlan {
  config: Config;
  sources: readonly Source[];
  scheduled: readonly ScheduledWalk[];
}

/** Checks the settings of a worker. Throws a ConfigError. */
export function planWork(config: Config): WorkPlan {
  requireAdminToken(config.server);
  const sources = config.sources;
  const streams = sources.flatMap((source) => source.streams);
  return { config, sources, scheduled: scheduleWalks(streams, config.schedules, Object.keys(streamEntities)) };
}
