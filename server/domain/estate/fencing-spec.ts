import { z } from 'zod'
import { isSecretRef } from './resolve-secret'

/**
 * How the machines of a cell are taken out of service from outside: an HTTP hook or a command (docs/runbooks/fencing-agent.md).
 * `{member}` stands for the member's name, in a command also `{action}` and `{operation}`.
 */
const TimeoutMs = z.int().min(500).max(60_000).default(10_000)
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}$/
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
/** They decide what the order is and who is asked. */
const OWN_HEADERS = new Set([
  'host',
  'content-type',
  'content-length',
  'transfer-encoding',
  'connection',
  'idempotency-key',
])

const SecretRef = z
  .string()
  .refine(isSecretRef, 'Name a secret as env:NAME or file:PATH#KEY; the secret itself does not belong here.')

export const FencingSpec = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    url: z
      .string()
      .max(2_000)
      .regex(/^https?:\/\/.*\{member\}/, 'Use an https URL with {member} where its name belongs.'),
    method: z.enum(['POST', 'PUT']).default('POST'),
    secret: z
      .strictObject({
        header: z
          .string()
          .regex(HEADER)
          .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), 'That header is ours.'),
        value: SecretRef,
      })
      .nullable()
      .default(null),
    timeoutMs: TimeoutMs,
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv: z
      .array(z.string().max(1_000))
      .min(1)
      .max(50)
      .refine(([program]) => program?.startsWith('/') && !program.includes('{'), 'Name the program by its full path.'),
    /** Handed to the program under these names. */
    secrets: z.record(z.string().regex(ENV_NAME), SecretRef).default({}),
    timeoutMs: TimeoutMs,
  }),
])
export type FencingSpec = z.infer<typeof FencingSpec>
