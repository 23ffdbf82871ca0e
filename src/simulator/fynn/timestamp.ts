/** The two ways Fynn writes UTC. */
export type Zone = 'Z' | '+00:00';

/** An instant as Fynn writes it: to the second. */
export function timestamp(at: string, zone: Zone): string {
  return `${at.slice(0, 19)}${zone}`;
}

/** Returns the way in which a timestamp writes UTC. */
export function zoneOf(text: string): Zone {
  return text.endsWith('Z') ? 'Z' : '+00:00';
}
