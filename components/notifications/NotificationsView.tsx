'use client'
import { Page, PageHeader } from '../shell/PageHeader'
import { ChannelsPanel } from './ChannelsPanel'
import { DeliveryLog } from './DeliveryLog'

/** Who is told when nobody is looking, and whether it arrives. */
export function NotificationsView() {
  return (
    <Page>
      <PageHeader
        title="Notifications"
        says="A message says what happened and links to the current state. It names no tenant, and nothing can be approved from it."
      />
      <ChannelsPanel />
      <DeliveryLog />
    </Page>
  )
}
