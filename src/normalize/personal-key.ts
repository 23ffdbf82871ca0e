const PERSONAL_KEY =
  /e[-_ ]?mail|phone|mobile|address|street|line[12]$|postal|zip|(?:^|[-_ ])ip(?:$|[-_ ])|tax[-_ ]?(?:id|number)|\bvat\b|birth|(?:^|first|last|full|sur|given|family|user|customer|billing|buyer)[-_ ]?names?$/i;

/** True for a key that likely has a person's values, in a map that others fill. */
export const isPersonalKey = (key: string): boolean => PERSONAL_KEY.test(key);
