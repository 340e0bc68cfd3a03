import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from '@trpc/client'
import type { ErrorData } from '@/server/api/errors'
import type { AppRouter } from '@/server/api/root'
import type { StorageState } from './sign-in'

export type Api = TRPCClient<AppRouter>

const CALL_DEADLINE_MS = 20_000

/** The same API that the pages use, with somebody's session: to set a scene, and to try what no page offers. */
export function createApi(url: string, { cookies }: StorageState): Api {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url}/api/trpc`,
        headers: { cookie, origin: url },
        fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(CALL_DEADLINE_MS) } as RequestInit),
      }),
    ],
  })
}

/** The refusal that a call ended in. Throws when it was carried out, or failed in another way. */
export async function refusalOf(call: Promise<unknown>): Promise<ErrorData> {
  try {
    await call
  } catch (error) {
    if (error instanceof TRPCClientError && error.data) return error.data as ErrorData
    throw error
  }
  throw new Error('The call was carried out, and should have been refused.')
}
