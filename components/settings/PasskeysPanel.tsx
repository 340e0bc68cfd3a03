'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PASSKEYS_MAX, type PasskeyView } from '@/model/schemas/passkeys'
import { hasPasskeys } from '../session/passkeys'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SkeletonRows } from '../ui/Skeleton'
import { useHydrated } from '../ui/use-hydrated'
import { AddPasskeyDialog } from './AddPasskeyDialog'
import { RemovePasskeyDialog } from './RemovePasskeyDialog'

/** Passkeys prove a person for a decision with one touch, and cannot be told to a false page. */
export function PasskeysPanel({ whyNoPasskeys }: { whyNoPasskeys: string | null }) {
  const isHydrated = useHydrated()
  const passkeys = useQuery(useTRPC().session.passkeys.queryOptions())
  const [isAdding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<PasskeyView | null>(null)
  const whyNotHere = isHydrated && !hasPasskeys() ? 'This browser has no passkeys: use a newer one, or codes.' : null
  const tooMany = (passkeys.data?.length ?? 0) >= PASSKEYS_MAX ? `You have ${PASSKEYS_MAX}: remove one first.` : null
  return (
    <>
      <Panel
        title="Passkeys"
        note="Asked for instead of a code when you approve or control something"
        query={passkeys}
        padded={false}
        skeleton={<SkeletonRows count={2} />}
        actions={
          <Button disabledReason={whyNoPasskeys ?? whyNotHere ?? tooMany} onClick={() => setAdding(true)}>
            Add a passkey
          </Button>
        }
        empty={(kept) =>
          kept.length === 0
            ? { kind: 'never', says: 'You have no passkey.', how: 'Codes from your authenticator go on working.' }
            : null
        }
      >
        {(kept) => (
          <ul aria-label="Your passkeys" className="divide-y divide-hairline">
            {kept.map((passkey) => (
              <li key={passkey.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium text-ink-1">{passkey.name}</span>
                  <span className="text-sm text-ink-3">
                    {passkey.isSynced ? 'synced between your devices' : 'on one device'}
                    {passkey.createdAt && (
                      <>
                        {' '}
                        · added <TimeStamp at={passkey.createdAt} form="ago" />
                      </>
                    )}
                  </span>
                </span>
                <Button aria-label={`Remove ${passkey.name}`} onClick={() => setRemoving(passkey)}>
                  Remove
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {isAdding && <AddPasskeyDialog onClose={() => setAdding(false)} />}
      {removing && <RemovePasskeyDialog passkey={removing} onClose={() => setRemoving(null)} />}
    </>
  )
}
