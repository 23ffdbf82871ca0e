import { formatInstant, micros } from '../../instants.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { putRecord } from './put-record.ts';
import type { Media } from './records.ts';
import { draftMedia } from './seed/medias.ts';

/** Edits of medias. Polar: none sends a webhook, and a media has no `modified_at`. */
export interface MediaEdits {
  createMedia(fields?: Partial<Media>): Media;
  updateMedia(id: string, changes: Partial<Omit<Media, 'id'>>): Media;
}

/** The edits on a state. */
export function mediaEdits(state: State): MediaEdits {
  return {
    createMedia: (fields = {}) => {
      const now = micros(state.clock.now());
      const { seed, organizationId, chance } = state;
      const range = { now, ago: () => formatInstant(now) };
      const drawn = draftMedia({ seed, organizationId, range }, 1000 + chance.integer(0, 1_000_000));
      return putRecord(state, 'medias', { ...drawn, ...fields });
    },
    updateMedia: (id, changes) => putRecord(state, 'medias', { ...found(state.medias, id, 'media'), ...changes }),
  };
}
