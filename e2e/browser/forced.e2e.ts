import { formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import { refusalOf } from '../support/api'
import { approveOnPage, proveAgain, refusedForNow, untilEnded } from '../support/deciding'
import { dryRunUntilAllowed, requestUntilTaken } from '../support/dry-run'
import { expectAccessible, expectNoSidewaysScroll } from '../support/expect-accessible'
import { expectCountedLoss, expectStep } from '../support/expect-parts'
import { desktop, expect, phone, test } from '../support/fixtures'
import { createFleetCommands } from '../support/fleet'
import { acknowledgeFailovers, healEstate, healLeftBehind } from '../support/heal'
import { rebuildStale, switchOver, withdrawWhatWaits } from '../support/scenes'
import { untilDone } from '../support/until'
import { untilLive, visit } from '../support/visit'

const CELL = 'fra'
const NOTICED_WITHIN_MS = 90_000
const OPERATION_TIMEOUT_MS = 180_000

/**
 * A primary dies, and people without it move its writer: the finding with who sees it, a dry run with a bound on the loss, two
 * approvals, the fence by the power switch, the measured return of writes; then the old primary is brought back closed, read out
 * and rebuilt, and the writer is planned back. The estate ends as it began, some epochs later.
 */
test.describe
  .serial('a forced failover', () => {
    test.describe.configure({ timeout: OPERATION_TIMEOUT_MS * 2 })
    test.use({ tolerated: [refusedForNow] })

    let source = { member: '', region: '' }
    let target = { member: '', region: '' }
    let requestId = ''
    let operationId = ''
    let epochBefore = 0

    test.beforeAll('one writer that is well, and nothing that waits', async ({ apiOf }) => {
      const operator = await apiOf('operator')
      await withdrawWhatWaits(operator, CELL)
      await acknowledgeFailovers(operator, CELL)
      const cell = (await operator.cells.list.query()).find(({ id }) => id === CELL)!
      const standby = cell.members.find((member) => !member.isActive)!
      source = { member: cell.activeMember, region: cell.activeRegion }
      target = { member: standby.id, region: standby.region }
      epochBefore = Number(cell.epoch)
    })

    test.afterAll(async ({ estate, apiOf, personOf }) => {
      test.setTimeout(OPERATION_TIMEOUT_MS * 3)
      await healEstate(estate, await apiOf('operator'))
      await healLeftBehind({ apiOf, personOf }, CELL)
    })

    test('begins with a finding: by name, since when, and what each vantage sees', async ({ asRole, estate }) => {
      await createFleetCommands(estate.dataDir)('kill', source.member)
      const operator = await asRole('operator')
      await operator.goto(paths.overview())
      const trouble = operator.getByRole('region', { name: 'Servers in trouble' })
      await expect(trouble).toContainText(`${source.member}writer of ${CELL}`, { timeout: NOTICED_WITHIN_MS })
      await expect(trouble).toContainText('Server down', { timeout: NOTICED_WITHIN_MS })
      await expect(trouble).toContainText(/Refused by the host: .*eu-central-1/, { timeout: NOTICED_WITHIN_MS })
      const banner = operator.getByRole('alert').filter({ hasText: `The writer of ${CELL} is in trouble` })
      await expect(banner, 'told on every page').toBeVisible({ timeout: NOTICED_WITHIN_MS })
      await expectAccessible(operator)

      await untilLive(operator)
      await trouble.getByRole('link', { name: source.member }).click()
      await expect(operator.getByRole('heading', { level: 1, name: source.region })).toBeFocused({ timeout: 30_000 })
      const vantages = operator.getByRole('table', { name: `What each vantage saw of ${source.member}` })
      await expect(vantages.getByRole('row').nth(2), 'a header and more than one vantage').toBeVisible()
      await operator.getByRole('link', { name: `Plan a failover of ${CELL}…` }).click()

      const verbs = operator.getByRole('group', { name: 'What to do' })
      await expect(verbs.getByRole('radio', { checked: true })).toHaveCount(0)
      for (const name of [/^Planned switchover/, /^Try planned, then stop and ask/])
        await expect(verbs.getByRole('radio', { name })).toHaveAccessibleDescription(
          new RegExp(`Not available\\. It needs the word of ${source.member}: it does not run`),
        )
      await expect(verbs.getByRole('radio', { name: /^Forced failover/ })).toBeEnabled()
    })

    test('is asked for after a dry run that says what is lost, how it is fenced and whom it touches', async ({
      asRole,
    }) => {
      const operator = await asRole('operator')
      await operator.goto(paths.newFailover({ cell: CELL, target: target.member }))
      await operator.getByRole('radio', { name: /^Forced failover/ }).check()
      await dryRunUntilAllowed(operator)
      const means = operator.getByRole('listitem').filter({ hasText: /^POWERED_OFF/ })
      await expect(means).toContainText('Possible now')
      await expect(means).toContainText('Proves: The machine was off')
      await expect(operator.getByRole('listitem').filter({ hasText: /^PROVEN/ })).toContainText('Not possible now')
      await expect(operator.getByText(/^Data loss$/)).toBeVisible()
      await expect(operator.getByRole('list', { name: 'Candidates' })).toContainText(/Loss ≤ [\d.]+ (ms|s)/)
      await expect(operator.getByText(/^Could approve now: /)).toBeVisible()

      const tenants = operator.getByRole('table', { name: 'Affected tenants' })
      await expect(tenants.getByRole('row').nth(1), 'a header and a tenant').toBeVisible()
      await operator.getByRole('checkbox', { name: 'Only those that may not go there' }).check()
      await expect(operator.getByText('Every tenant may be served there.')).toBeVisible()

      const request = operator.getByRole('button', {
        name: new RegExp(`^Request: fence ${source.region}, move \\d+ ten`),
      })
      await expect(request).toHaveAccessibleDescription('Type the region that will be fenced.')
      await operator.getByRole('textbox', { name: 'Region that will be fenced' }).fill(target.region)
      await expect(request).toBeDisabled()
      await operator.getByRole('textbox', { name: 'Region that will be fenced' }).fill(source.region)
      await operator.getByRole('button', { name: 'Primary does not run' }).click()
      requestId = await requestUntilTaken(operator, request)
    })

    test('starts only when two people have agreed, neither of them whoever asked', async ({
      asRole,
      apiOf,
      personOf,
    }) => {
      const operator = await apiOf('operator')
      const { planHash } = await operator.requests.get.query({ id: requestId })
      const own = await refusalOf(operator.requests.approve.mutate({ id: requestId, planHash, reason: 'My own' }))
      expect(own).toMatchObject({ errorCode: 'forbidden', httpStatus: 403 })

      const manager = await asRole('approver', { viewport: phone })
      await approveOnPage(manager, { id: requestId, api: await apiOf('approver'), person: await personOf('approver') })
      await expect(manager.getByText('1 of 2 approved')).toBeVisible()
      await expect(manager).toHaveURL(paths.approval({ id: requestId }))
      expect((await operator.requests.get.query({ id: requestId })).status).toBe('waiting')

      const admin = await asRole('admin')
      await approveOnPage(admin, { id: requestId, api: await apiOf('admin'), person: await personOf('admin') })
      await admin.waitForURL(/\/operations\/[0-9a-f-]{36}$/)
      operationId = new URL(admin.url()).pathname.split('/').at(-1)!
      await expectStep(admin, 'Fence the old primary by the strongest means', 'Done', { timeout: OPERATION_TIMEOUT_MS })
    })

    test('runs to its end, and says what it proved, what it cost and what was lost', async ({ asRole, apiOf }) => {
      const viewer = await asRole('viewer')
      await viewer.goto(paths.operation({ id: operationId }))
      await expectStep(viewer, 'Measure what writers noticed', 'Done', { timeout: OPERATION_TIMEOUT_MS })
      const fence = viewer.getByRole('region', { name: 'Fence' })
      await expect(fence).toContainText('POWERED_OFF')
      await expect(fence).toContainText('stays off until somebody lets it start again')
      const cost = viewer.getByRole('region', { name: 'What it cost' })
      await expect(cost).toContainText(/RTO, from the approval\s*[\d.]+\s(ms|s)/)
      await expect(cost).toContainText(/RTO, from the failure\s*[\d.]+\s(s|m)/)
      const lost = viewer.getByRole('region', { name: 'What was lost' })
      await expect(lost).toContainText(/Approved, at most\s*[\d.]+\s(ms|s)/)
      await expect(lost).toContainText(/Counted\s*not known/)
      await expect(viewer.getByRole('link', { name: 'Plan failback' })).toBeVisible()

      const api = await apiOf('viewer')
      const { report } = await api.operations.get.query({ id: operationId })
      expect(report?.rtoMs, 'from the approval to the first accepted write').toBeGreaterThan(0)
      await expect(cost, 'the page says what the API says').toContainText(formatMs(report!.rtoMs!))
      await untilDone(async () => {
        const cell = (await api.cells.list.query()).find(({ id }) => id === CELL)!
        const { activeRegion, epoch, writesPerSecond } = cell
        const now = { activeRegion, epoch, isWriting: (writesPerSecond ?? 0) > 0 }
        expect(now).toEqual({ activeRegion: target.region, epoch: String(epochBefore + 1), isWriting: true })
      })
    })

    test('rests until somebody acknowledges it, and not everybody may', async ({ asRole, apiOf }) => {
      const compliance = await asRole('compliance')
      await compliance.goto(paths.operation({ id: operationId }))
      const note = compliance.getByRole('button', { name: 'Acknowledge' })
      await expect(note).toHaveAccessibleDescription(/^Needs the role operator or approver or admin/)
      const refusal = await refusalOf(
        (await apiOf('compliance')).operations.acknowledge.mutate({ id: operationId, note: 'Not mine to take' }),
      )
      expect(refusal).toMatchObject({ errorCode: 'forbidden' })

      const operator = await asRole('operator')
      await operator.goto(paths.operation({ id: operationId }))
      await expect(operator.getByText(`Nobody has acknowledged it yet: ${CELL} rests`, { exact: false })).toBeVisible()
      await operator.getByRole('button', { name: 'Acknowledge' }).click()
      const dialog = operator.getByRole('dialog', { name: /^Acknowledge / })
      await dialog.getByRole('button', { name: 'Looked at with the team' }).click()
      await dialog.getByRole('button', { name: 'Acknowledge' }).click()
      await expect(operator.getByText(/acknowledged it .* ago: Looked at with the team/)).toBeVisible()
      await expect(operator.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0)
    })

    for (const theme of ['dark', 'light'] as const)
      for (const viewport of [desktop, phone])
        test(`shows the stale server to everybody, ${theme} at ${viewport.width}`, async ({ asRole }) => {
          const operator = await asRole('operator', { theme, viewport, calm: true })
          await visit(operator, { path: paths.operation({ id: operationId }) })
          await expect(operator.getByRole('region', { name: 'What was lost' })).toBeVisible()
          await expectAccessible(operator)
          await expectNoSidewaysScroll(operator, viewport.width)
          for (const path of [paths.overview(), paths.region({ region: source.region })]) {
            await visit(operator, { path })
            await expect(operator.getByRole('list', { name: 'Stale servers' })).toContainText(source.member)
            await expectAccessible(operator)
            await expectNoSidewaysScroll(operator, viewport.width)
          }
        })

    test('brings the old primary back closed, and reads out what only it holds', async ({
      apiOf,
      personOf,
      asRole,
    }) => {
      const operator = await apiOf('operator')
      const { staleServer } = await operator.operations.get.query({ id: operationId })
      const { id } = staleServer!
      await proveAgain(operator, await personOf('operator'))
      await operator.staleServers.bringBack.mutate({ id, reason: 'The host is in order again' })
      const server = await untilDone(async () => {
        const now = await operator.staleServers.get.query({ id })
        expect(now.status).toBe('extracted')
        return now
      }, OPERATION_TIMEOUT_MS)
      expectCountedLoss(server)

      const viewer = await asRole('viewer')
      await viewer.goto(paths.operation({ id: operationId }))
      await expect(viewer.getByRole('region', { name: 'What was lost' })).toContainText(/Counted\s*[\d,]+\srows?/)
    })

    test('rebuilds it as a standby, once that is approved', async ({ apiOf, personOf }) => {
      const operator = await apiOf('operator')
      const { staleServer } = await operator.operations.get.query({ id: operationId })
      const rebuild = await rebuildStale({ apiOf, personOf }, CELL, staleServer!.id)
      expect(await untilEnded(operator, rebuild)).toBe('done')
      expect((await operator.staleServers.get.query({ id: staleServer!.id })).status).toBe('rebuilt')
    })

    test('ends as it began: the writer is planned back to where it was', async ({ asRole, apiOf, personOf }) => {
      const operator = await apiOf('operator')
      const page = await asRole('operator')
      await page.goto(paths.operation({ id: operationId }))
      await page.getByRole('link', { name: 'Plan failback' }).click()
      await expect(page.getByRole('combobox', { name: 'Cell' })).toHaveValue(CELL)
      await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue(source.member)
      await expect(page.getByRole('radio', { name: /^Planned switchover/ })).toBeChecked()

      const { status } = await switchOver({ apiOf, personOf }, CELL)
      expect(status).toBe('done')
      const cell = (await operator.cells.list.query()).find(({ id }) => id === CELL)!
      expect(cell).toMatchObject({ activeMember: source.member, activeRegion: source.region })
      expect(
        (await operator.staleServers.list.query({ status: 'open' })).filter(({ cellId }) => cellId === CELL),
      ).toEqual([])
    })
  })
