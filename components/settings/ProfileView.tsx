'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { ThemeSwitch } from '../shell/ThemeSwitch'
import { useTRPC } from '../trpc'
import { Facts } from '../ui/Facts'
import { PasskeysPanel } from './PasskeysPanel'

/** Who I am here, what proves it, and how I like to read. */
export function ProfileView() {
  const { data: me } = useSuspenseQuery(useTRPC().session.me.queryOptions())
  return (
    <Page>
      <PageHeader title="Profile" />
      <PanelFrame title="You">
        <Facts
          facts={[
            ['Name', me.name],
            [
              'Signed in as',
              <span key="email" className="wrap-anywhere">
                {me.email}
              </span>,
            ],
            ['Roles', me.roles.join(', ') || 'none'],
            ['More rights', 'An admin grants them at a shell, by npm run people.'],
            ['Authenticator codes', me.hasSecondFactor ? 'set up' : 'not set up: an admin can enrol one'],
          ]}
        />
      </PanelFrame>
      <PasskeysPanel whyNoPasskeys={me.whyNoPasskeys} />
      <PanelFrame title="Theme">
        <ThemeSwitch />
      </PanelFrame>
    </Page>
  )
}
