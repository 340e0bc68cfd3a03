import 'server-only'
import { dehydrate, type FetchQueryOptions, HydrationBoundary, QueryClient } from '@tanstack/react-query'
import { TRPCError } from '@trpc/server'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache, type ReactNode } from 'react'
import { paths } from '@/model/paths'
import { createContext } from './context'
import { type AppRouter, appRouter } from './root'

/**
 * For pages: the same procedures, called in the process instead of over HTTP. One context and one query cache a request
 * (React's `cache`), so ten queries of a page read the session once.
 */
const getQueryClient = cache(
  () => new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } }),
)
const getContext = cache(async () => createContext(new Headers(await headers())))

export const trpc = createTRPCOptionsProxy<AppRouter>({
  ctx: getContext,
  router: appRouter,
  queryClient: getQueryClient,
})

/** Hands what was prefetched to the views inside. */
export function Hydrate({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>
}

type AnyQuery = Pick<FetchQueryOptions<unknown, Error>, 'queryKey'> & object

/**
 * Fetches before the page is drawn. Nobody is sent to sign in; what does not exist is a 404. Any other refusal is left to
 * the view, which asks again and shows it in its place (forbidden, unavailable), while the rest of the page stands.
 */
export async function prefetchOrNotFound(query: AnyQuery): Promise<void> {
  try {
    await getQueryClient().fetchQuery(query as FetchQueryOptions<unknown, Error>)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'NOT_FOUND' || code === 'BAD_REQUEST') notFound()
    if (code === 'UNAUTHORIZED') redirect(paths.login({ next: (await headers()).get('x-asked-path') ?? undefined }))
  }
}

/** Several at once: each may fail by itself. */
export async function prefetch(...queries: AnyQuery[]): Promise<void> {
  await Promise.all(queries.map(prefetchOrNotFound))
}

/** For a page's title: what the page fetches as well, and once; null when it cannot be had, which the page itself tells. */
export async function tryRead<Value>(ask: (cache: QueryClient) => Promise<Value>): Promise<Value | null> {
  return ask(getQueryClient()).catch(() => null)
}

/** True when somebody is known to be signed in: whoever cannot be told, because the catalog is away, is shown the form. */
export async function isSignedIn(): Promise<boolean> {
  const context = await getContext().catch(() => null)
  return context?.principal != null
}

function codeOf(error: unknown): string | null {
  if (error instanceof TRPCError) return error.code
  const data = (error as { data?: { code?: unknown } } | null)?.data
  return typeof data?.code === 'string' ? data.code : null
}
