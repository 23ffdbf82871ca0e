import { z } from 'zod';
import { throwProblems } from '../model/errors.ts';
import { isObject } from '../model/json.ts';

const anyText = z.string({ error: 'must be a text' });

/** The options of all methods, for callers whose compiler does not check them. */
const optionsShape = z
  .object(
    {
      mode: z.enum(['full', 'incremental'], { error: 'must be full or incremental' }),
      sample: z.int({ error: 'must be a whole number' }).positive({ error: 'must be 1 or more' }),
      fresherThan: z.number({ error: 'must be a number of milliseconds' }).positive({ error: 'must be more than 0' }),
      streams: z.array(anyText, { error: 'must be a list of streams' }),
      account: anyText,
      signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }),
    },
    { error: 'must be an object' },
  )
  .partial();

const settingsShape = z.record(z.string(), anyText.optional(), { error: 'must be an object' });

const requireShape = (name: string, shape: z.ZodType, value: unknown) =>
  throwProblems(
    (shape.safeParse(value).error?.issues ?? []).map(({ path, message }) => ({
      code: 'CS1104',
      message: `${path.join('.') || name} ${message}`,
    })),
  );

/** Throws a ConfigError that names each option with a value of the wrong type. */
export const requireOptions = (options: object): void => requireShape('options', optionsShape, options);

const havingMethods = (...names: readonly string[]) =>
  z.custom((value) => names.every((name) => typeof Object(value)[name] === 'function'), {
    error: `must have ${names.join(', ')}`,
  });

/** The settings are checked by {@link requireTexts}. */
const createShape = z.object(
  {
    pool: havingMethods('connect', 'query', 'end').optional(),
    logger: havingMethods('debug', 'info', 'warn', 'error').optional(),
  },
  { error: 'must be an object' },
);

/** Throws a ConfigError that names each invalid option of createSync. */
export const requireCreateOptions = (options: object): void => requireShape('options', createShape, options);

/** Throws a ConfigError that names each setting that is not a string. */
export const requireTexts = (settings: object): void =>
  requireShape('settings', settingsShape, isObject(settings) ? { ...settings } : settings); // process.env is no plain object
