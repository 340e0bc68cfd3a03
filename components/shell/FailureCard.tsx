'use client'
import { paths } from '@/model/paths'
import { Button, ButtonLink } from '../ui/Button'
import { CopyText } from '../ui/CopyText'
import { Notice } from '../ui/Notice'
import { type Failure, failureOf } from './errors'

/** What failed, its request id, and the way on. Stands inside its panel; the panels beside it stay live. */
export function FailureCard({ error, what, onRetry }: { error: unknown; what: string; onRetry?: () => void }) {
  const failure = failureOf(error)
  return (
    <div role="alert">
      <Notice status={failure.kind === 'broken' ? 'warn' : 'unknown'} action={wayOn(failure, onRetry)}>
        <p className="font-medium">{headline(failure, what)}</p>
        <p className="text-ink-2">{failure.kind === 'signed-out' ? STAYS : failure.says}</p>
        {failure.requestId && (
          <p className="text-xs text-ink-3">
            Request <CopyText text={failure.requestId} label="Copy the request id" className="text-xs" />
          </p>
        )}
      </Notice>
    </div>
  )
}

const STAYS = 'Nothing was sent on. What you typed stays here: sign in, come back to this tab and try again.'

function headline(failure: Failure, what: string): string {
  if (failure.kind === 'forbidden') return `You may not see “${what}”.`
  if (failure.kind === 'signed-out') return 'Your session has ended.'
  if (failure.kind === 'not-found') return 'Not found, or not yours to see.'
  if (failure.kind === 'refused' || failure.kind === 'step-up-required') return `Refused: “${what}”.`
  return `Could not load “${what}”.`
}

function wayOn(failure: Failure, onRetry?: () => void) {
  if (failure.kind === 'signed-out')
    return (
      // In a tab of its own: what was typed on this page must still be there afterwards.
      <ButtonLink size="small" href={signInHref()} target="_blank">
        Sign in in a new tab
      </ButtonLink>
    )
  if (failure.link)
    return (
      <ButtonLink size="small" href={failure.link}>
        Open it
      </ButtonLink>
    )
  if (failure.kind === 'forbidden' || !onRetry) return null
  return (
    <Button size="small" onClick={onRetry}>
      Retry
    </Button>
  )
}

/** Back to this page afterwards. A session ends while a page is open, so this is only ever asked in a browser. */
function signInHref(): string {
  if (typeof window === 'undefined') return paths.login()
  return `${paths.login()}?next=${encodeURIComponent(`${window.location.pathname}${window.location.search}`)}`
}
