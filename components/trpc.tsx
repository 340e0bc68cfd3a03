'use client'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { type ReactNode, useState } from 'react'
import { joinSignals } from '@/model/join-signals'
import type { AppRouter } from '@/server/api/root'
import { liveState, noteAnswer } from './shell/live-state'

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>()

const CALL_DEADLINE_MS = 15_000
/** The slow refetch under the live stream: what keeps a page true when the stream is lost and nothing says so. */
const SLOW_REFETCH_MS = 30_000
const RETRIES_MAX = 1

/**
 * Calls are not batched: one slow or failing panel must not hold its siblings back, and the live stream takes only one of
 * the browser's connections (see use-live.ts).
 */
function makeClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (call) => call.type === 'subscription',
        true: httpSubscriptionLink({ url: '/api/trpc' }),
        false: httpLink({
          url: '/api/trpc',
          fetch: (url, options) =>
            fetch(url, { ...options, signal: withDeadline(options?.signal ?? undefined, CALL_DEADLINE_MS) }),
        }),
      }),
    ],
  })
}

function withDeadline(signal: AbortSignal | undefined, timeoutMs: number): AbortSignal {
  const deadline = AbortSignal.timeout(timeoutMs)
  return signal ? joinSignals(signal, deadline).signal : deadline // both live no longer than the call
}

function makeQueryClient() {
  return new QueryClient({
    queryCache: new QueryCache({ onSuccess: () => noteAnswer(null), onError: noteAnswer }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchInterval: () => (liveState().isPaused ? false : SLOW_REFETCH_MS),
        refetchOnWindowFocus: () => !liveState().isPaused,
        retry: (failureCount, error) => failureCount < RETRIES_MAX && isWorthRetrying(error),
      },
    },
  })
}

/** A refusal stays a refusal; only a lost or broken call is asked again. */
function isWorthRetrying(error: Error): boolean {
  if (!(error instanceof TRPCClientError)) return false
  const status: unknown = error.data?.httpStatus
  return typeof status !== 'number' || status >= 500
}

export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient)
  const [trpcClient] = useState(makeClient)
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}
