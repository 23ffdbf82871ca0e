import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isUuid4 } from '../../src/simulator/ids.ts';

interface Document {
  components: { schemas: Record<string, AnySchema> };
}

const DISCOUNT = /#\/components\/schemas\/(Checkout)?Discount(Fixed|Percentage)(OnceForever|Repeat)Duration(Base)?$/;

const text = readFileSync(new URL('./polar-openapi-2026-10.json', import.meta.url), 'utf8');
const document: Document = JSON.parse(text, (_key, value: unknown) => exclusive(value));
const ajv = new Ajv2020({ strict: false, allErrors: true });
// Under NodeNext the CommonJS default export is typed as the module.
formats.default(ajv);
ajv.addFormat('uuid4', isUuid4);
ajv.addFormat('ipvanyaddress', /^[\da-f.:]+$/i);
ajv.addSchema(document, 'polar');

/** Validates against a schema of Polar's OpenAPI document. */
export function schema(name: string): ValidateFunction {
  if (!(name in document.components.schemas)) throw new Error(`the document has no schema ${name}`);
  return ajv.compile({ $ref: `polar#/components/schemas/${encodeURIComponent(name)}` });
}

/** Validates against a schema that the document lacks. */
export function ownSchema(own: AnySchema): ValidateFunction {
  return ajv.compile(own);
}

/** Returns the errors of a value, in words; empty if there are none. */
export function complaints(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

/**
 * The document's unions of prices and of discounts have no discriminator, and their members do not exclude each other,
 * so `oneOf` fails for values that Polar sends. Told apart as the server does: by `legacy`, and by type and duration.
 */
function exclusive(value: unknown): unknown {
  const refs = refsOf(value);
  if (refs.length === 0) return value;
  if (refs[0]?.endsWith('/LegacyRecurringProductPrice')) {
    const legacy = { required: ['legacy'] };
    return { allOf: [implies(legacy, refs[0]), implies({ not: legacy }, refs[1])] };
  }
  if (!refs.every((ref) => DISCOUNT.test(ref))) return value;
  return { allOf: [{ required: ['type', 'duration'] }, ...refs.map(discountRule)] };
}

function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('oneOf' in value) || !Array.isArray(value.oneOf)) return [];
  return value.oneOf.flatMap((member: unknown) =>
    typeof member === 'object' && member !== null && '$ref' in member ? [String(member.$ref)] : [],
  );
}

function discountRule($ref: string) {
  const [, , type, duration] = DISCOUNT.exec($ref) ?? [];
  const durations = duration === 'Repeat' ? ['repeating'] : ['once', 'forever'];
  const properties = { type: { const: type?.toLowerCase() }, duration: { enum: durations } };
  return implies({ properties }, $ref);
}

function implies(condition: object, $ref: string | undefined) {
  return { anyOf: [{ not: condition }, { $ref }] };
}

/** Price types newer than the document of 2026-08-20; they are checked against the official client's types in test/simulator/polar/openapi.test.ts. */
const NEWER = new Set(['unit_based', 'metered_tiers']);

/** The value without prices of the newer types, which go into `set`. */
export function withoutNewer(value: unknown, set: unknown[] = []): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !isNewer(item, set)).map((item) => withoutNewer(item, set));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    isNewer(item, set) ? null : withoutNewer(item, set),
  ]);
  return Object.fromEntries(entries);
}

function isNewer(value: unknown, set: unknown[]): boolean {
  const newer =
    typeof value === 'object' && value !== null && 'amount_type' in value && NEWER.has(String(value.amount_type));
  if (newer) set.push(value);
  return newer;
}
