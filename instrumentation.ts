import { env } from '@/server/env'

/** Next calls this once, before the web process answers its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { stampAddresses } = await import('@/server/auth/client-address')
  const { NO_PROXIES, parseTrustedProxies } = await import('@/server/auth/judge-address')
  const trusted = env().HOMEPORT_TRUSTED_PROXIES
  stampAddresses((trusted ? parseTrustedProxies(trusted) : null) ?? NO_PROXIES)
}
