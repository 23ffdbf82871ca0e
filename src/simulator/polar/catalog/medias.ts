import { instant, micros } from '../../instants.ts';
import type { Media } from './records.ts';
import { media } from './seed/medias.ts';
import { found, type State } from '../state.ts';
import { replace } from './replace.ts';

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
      const range = { now, ago: () => instant(now) };
      const drawn = media({ seed, organizationId, range }, 1000 + chance.integer(0, 1_000_000));
      return replace(state, state.medias, { ...drawn, ...fields });
    },
    updateMedia: (id, changes) => replace(state, state.medias, { ...found(state.medias, id, 'media'), ...changes }),
  };
}
