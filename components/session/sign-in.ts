/**
 * The two calls of signing in. Each answer is one of a few sentences that say what to do; which of address and password
 * was wrong is not told.
 */
export type SignInAnswer = { kind: 'in' } | { kind: 'code-needed' } | { kind: 'refused'; says: string }

const DEADLINE_MS = 15_000

export async function sendPassword(email: string, password: string): Promise<SignInAnswer> {
  const response = await post('/api/auth/sign-in/email', { email, password })
  if (!response) return unreachable
  if (response.ok) {
    const answer: unknown = await response.json().catch(() => null)
    const needsCode =
      typeof answer === 'object' && answer !== null && 'twoFactorRedirect' in answer && answer.twoFactorRedirect
    return needsCode ? { kind: 'code-needed' } : { kind: 'in' }
  }
  return refusal(response, 'The e-mail address or the password is wrong. Check both and try again.')
}

export async function sendCode(code: string): Promise<SignInAnswer> {
  const response = await post('/api/auth/two-factor/verify-totp', { code })
  if (!response) return unreachable
  if (response.ok) return { kind: 'in' }
  return refusal(response, 'The code was not accepted. Wait for the next one and check the clock of your phone.')
}

const unreachable: SignInAnswer = {
  kind: 'refused',
  says: 'The console could not be reached. Check your network and try again.',
}

function post(url: string, body: Record<string, string>): Promise<Response | null> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch(() => null)
}

function refusal(response: Response, usual: string): SignInAnswer {
  if (response.status === 429) {
    const seconds = Number(response.headers.get('x-retry-after') ?? response.headers.get('retry-after')) || 60
    return { kind: 'refused', says: `Too many tries. Wait ${seconds} seconds, then try again.` }
  }
  if (response.status === 503)
    return {
      kind: 'refused',
      says: 'The catalog cannot be reached, so nobody can sign in. The cells keep serving. Try again in a minute.',
    }
  if (response.status >= 500)
    return { kind: 'refused', says: 'Signing in does not work at the moment. Try again in a minute.' }
  return { kind: 'refused', says: usual }
}
