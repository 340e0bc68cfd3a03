'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleUser } from 'lucide-react'
import { useState } from 'react'
import { paths } from '@/model/paths'
import { useTRPC } from '../trpc'
import { Button, ButtonLink } from '../ui/Button'
import { Facts } from '../ui/Facts'
import { Sheet } from '../ui/Sheet'
import { setPreference, usePreferences } from './preferences'
import { ThemeSwitch } from './ThemeSwitch'

/** Who I am, what I may do, how I like it, and the way out. */
export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const [isOpen, setOpen] = useState(false)
  const me = useQuery(useTRPC().session.me.queryOptions())
  const { hasSingleKeys, timeLead } = usePreferences()
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className="inline-flex h-8 max-w-40 items-center gap-1.5 rounded-sm px-1.5 text-sm text-ink-2 hover:bg-surface-2 hover:text-ink-1 max-md:size-11 max-md:justify-center"
      >
        <CircleUser aria-hidden size={16} />
        <span className="truncate max-md:sr-only">{me.data?.name ?? 'You'}</span>
      </button>
      <Sheet isOpen={isOpen} onClose={() => setOpen(false)} title={me.data?.name ?? 'You'}>
        <div className="grid gap-6">
          {me.data && (
            <Facts
              facts={[
                ['Signed in as', me.data.email],
                ['Roles', me.data.roles.join(', ') || 'none'],
                ['More rights', 'An admin grants them at a shell, by npm run people.'],
                ['Second factor', me.data.hasSecondFactor ? 'set up' : 'not set up'],
              ]}
            />
          )}
          <div className="grid justify-items-start gap-2">
            <h3 className="text-sm font-medium">Theme</h3>
            <ThemeSwitch />
          </div>
          <div className="grid gap-2">
            <h3 className="text-sm font-medium">Reading and keys</h3>
            <Check
              label="Local time first (t)"
              isOn={timeLead === 'local'}
              onChange={(isOn) => setPreference('timeLead', isOn ? 'local' : 'utc')}
            />
            <Check
              label="Shortcuts of a single key"
              isOn={hasSingleKeys}
              onChange={(isOn) => setPreference('hasSingleKeys', isOn)}
            />
          </div>
          <div className="flex flex-wrap gap-3">
            <ButtonLink href={paths.profile()} onClick={() => setOpen(false)}>
              Profile and passkeys
            </ButtonLink>
            <ButtonLink href={paths.notifications()} onClick={() => setOpen(false)}>
              Notifications
            </ButtonLink>
            <Button
              onClick={() => {
                setOpen(false)
                onHelp()
              }}
            >
              Keyboard help
            </Button>
            <Button onClick={signOut}>Sign out</Button>
          </div>
        </div>
      </Sheet>
    </>
  )
}

function Check({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="flex min-h-6 items-center gap-2 max-md:min-h-11">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-primary"
      />
      {label}
    </label>
  )
}

/** A full load afterwards, so that nothing of the old session stays in memory. */
async function signOut() {
  await fetch('/api/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(SIGN_OUT_DEADLINE_MS),
  }).catch(() => null)
  window.location.assign(paths.login())
}

const SIGN_OUT_DEADLINE_MS = 5_000
