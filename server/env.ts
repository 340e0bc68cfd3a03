import { z } from 'zod'
import { parseTrustedProxies } from './auth/judge-address'

/**
 * Everything a process takes from its environment, parsed once. A missing or malformed value stops the start with a
 * sentence that names the variable; no secret has a default.
 */
const Env = z.object({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'DATABASE_URL must be a postgresql:// URL of the catalog.',
  }),
  HOMEPORT_URL: z.url().default('http://localhost:3000'),
  HOMEPORT_SERVED_FROM: z.string().min(1).default('unknown'),
  HOMEPORT_ENVIRONMENT: z.enum(['PROD', 'STAGE', 'DEMO']).default('PROD'),
  HOMEPORT_AUTH_SECRET: z.string().min(32, 'HOMEPORT_AUTH_SECRET must have at least 32 characters.'),
  HOMEPORT_ROUTER_TOKEN: z.string().min(32).optional(),
  HOMEPORT_METRICS_TOKEN: z.string().min(32).optional(),
  /** Set on the embedded default only: lets the worker ask the host agent of the fleet for power and rebuilds. */
  HOMEPORT_DATA_DIR: z.string().min(1).optional(),
  /** Whose X-Forwarded-For counts: a number of hops ("1") or addresses and networks ("10.0.0.0/8, 192.0.2.7"). Nobody's without it. */
  HOMEPORT_TRUSTED_PROXIES: z
    .string()
    .refine((text) => parseTrustedProxies(text) !== null, {
      error: 'HOMEPORT_TRUSTED_PROXIES takes a number of hops, or addresses and networks separated by commas.',
    })
    .optional(),
  /** Where mail is handed in: smtps://user:password@host:465, or smtp://host:587, which then has to offer TLS. */
  HOMEPORT_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'HOMEPORT_SMTP_URL must be an smtps:// or smtp:// URL.' })
    .optional(),
  HOMEPORT_SMTP_FROM: z.email('HOMEPORT_SMTP_FROM must be a plain e-mail address.').optional(),
  /** Receivers of webhooks on other machines that may be reached without TLS: "hooks.internal:8080, 10.0.0.7". */
  HOMEPORT_NOTIFY_PLAIN_HOSTS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((host) => host.trim() || [])),
  HOMEPORT_BUILD: z.string().default('dev'),
})

export type Env = z.infer<typeof Env>

let parsed: Env | undefined

export function env(): Env {
  if (parsed) return parsed
  const result = Env.safeParse(process.env)
  if (!result.success) throw new Error(`The environment is incomplete.\n${z.prettifyError(result.error)}`)
  parsed = result.data
  return parsed
}
