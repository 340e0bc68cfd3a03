import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { paths } from '@/model/paths'
import { type Api, refusalOf } from '../support/api'
import { approveByApi, type Deciders, proveAgain, refusedForNow, untilEnded } from '../support/deciding'
import { requestUntilTaken } from '../support/dry-run'
import { expectNoSidewaysScroll } from '../support/expect-accessible'
import { expectCountedLoss } from '../support/expect-parts'
import { desktop, expect, phone, test } from '../support/fixtures'
import { createFleetCommands } from '../support/fleet'
import { acknowledgeFailovers, healEstate, healLeftBehind } from '../support/heal'
import { askAndApprove, orderOf, untilPlanned, withdrawWhatWaits } from '../support/scenes'
import type { RunningConsole } from '../support/sign-in'
import { untilDone } from '../support/until'
import { untilLive, visit } from '../support/visit'

const CELL = 'syd'
const NOTICED_WITHIN_MS = 90_000
const LOOKED_WITHIN_MS = 15_000
/** Only used where nobody has declared what the standby can carry. */
const undeclared = { rule: 'capacity-headroom', reason: 'Set up by a browser test' }
const OPERATION_TIMEOUT_MS = 180_000
const SCENE_TIMEOUT_MS = 600_000
/** Long enough that the application has written something meanwhile. */
const BEHIND_MS_MIN = 3_000

/**
 * What a forced failover leaves behind: a server at an old epoch that holds writes nobody else has. It is brought back for the
 * console alone, read out to the last row, the rows are decided by a person, and it is rebuilt; then the writer can be planned back.
 */
test.describe
  .serial('a server that was left behind', () => {
    test.describe.configure({ timeout: OPERATION_TIMEOUT_MS * 2 })
    test.use({ tolerated: [refusedForNow] })

    let staleId = ''
    let source = { member: '', region: '' }
    let target = { member: '', region: '' }
    let lostCount = 0

    test.beforeAll('a primary dies with writes that its standby never got', async ({ estate, apiOf, personOf }) => {
      test.setTimeout(SCENE_TIMEOUT_MS)
      const operator = await apiOf('operator')
      await withdrawWhatWaits(operator, CELL)
      await acknowledgeFailovers(operator, CELL)
      const cell = (await operator.cells.list.query()).find(({ id }) => id === CELL)!
      const standby = cell.members.find((member) => !member.isActive)!
      source = { member: cell.activeMember, region: cell.activeRegion }
      target = { member: standby.id, region: standby.region }
      await failOver(estate, { apiOf, personOf }, { source, target })
      staleId = await untilDone(async () => {
        const open = await operator.staleServers.list.query({ status: 'open' })
        const left = open.find(({ cellId }) => cellId === CELL)
        expect(left, `what ${CELL} left behind`).toBeDefined()
        return left!.id
      })
    })

    test.afterAll(async ({ estate, apiOf, personOf }) => {
      test.setTimeout(OPERATION_TIMEOUT_MS * 3)
      await healEstate(estate, await apiOf('operator'))
      await healLeftBehind({ apiOf, personOf }, CELL)
    })

    test('is shown at its epoch, with what was feared and nothing made up', async ({ asRole }) => {
      const viewer = await asRole('viewer')
      await viewer.goto(paths.staleServers())
      const row = viewer
        .getByRole('table', { name: 'Stale servers' })
        .getByRole('row')
        .filter({ hasText: source.member })
      await expect(row).toContainText('Away')
      await expect(row).toContainText('not read yet')
      await untilLive(viewer)
      await row.getByRole('link', { name: source.member }).click()
      await expect(viewer.getByRole('heading', { level: 1, name: source.member })).toBeFocused()
      const loss = viewer.getByRole('table', { name: 'Estimated against actual loss' })
      await expect(loss.getByRole('row').filter({ hasText: /^Time/ })).toContainText(/at most [\d.]+ s.*not read yet/)
      await expect(viewer.getByText('POWERED_OFF', { exact: false }).first()).toBeVisible()
      const bring = viewer.getByRole('button', { name: 'Bring back closed' })
      await expect(bring).toBeDisabled()
      await expect(bring).toHaveAccessibleDescription(/Needs the role operator or admin/)
      await expect(viewer.getByRole('button', { name: 'Rebuild as standby' })).toBeDisabled()
    })

    test('is not rebuilt before it is read out, nor touched by whoever may not', async ({ apiOf }) => {
      const preview = await (await apiOf('operator')).reinstatements.preview.mutate({ id: staleId })
      expect(preview.plan).toBeNull()
      expect(preview.checks.find(({ rule }) => rule === 'ledger-extracted')).toMatchObject({ outcome: 'failed' })
      const viewer = await apiOf('viewer')
      const order = { id: staleId, reason: 'I would like to' }
      expect(await refusalOf(viewer.staleServers.bringBack.mutate(order))).toMatchObject({ httpStatus: 403 })
      expect(await refusalOf(viewer.reinstatements.preview.mutate({ id: staleId }))).toMatchObject({ httpStatus: 403 })
      expect(
        await refusalOf(
          viewer.conflicts.decide.mutate({ ids: [randomUUID()], decision: 'KEEP_OURS', note: 'I would like to' }),
        ),
      ).toMatchObject({ httpStatus: 403 })
    })

    test('comes back for the console alone, and every lost row is in the ledger', async ({
      asRole,
      apiOf,
      personOf,
    }) => {
      const operator = await asRole('operator')
      await proveAgain(await apiOf('operator'), await personOf('operator'))
      await operator.goto(paths.staleServer({ id: staleId }))
      await operator.getByRole('button', { name: 'Bring back closed' }).click()
      const dialog = operator.getByRole('dialog', { name: `Bring ${source.member} back closed?` })
      await expect(dialog.getByRole('button', { name: 'Back' })).toBeFocused()
      await dialog.getByRole('button', { name: 'The machine is repaired' }).click()
      await dialog.getByRole('button', { name: `Switch ${source.member} on` }).click()
      await expect(dialog).toBeHidden({ timeout: NOTICED_WITHIN_MS })

      await expect(operator.getByText('It is closed and read out.', { exact: false })).toBeVisible({
        timeout: OPERATION_TIMEOUT_MS,
      })
      const server = await (await apiOf('operator')).staleServers.get.query({ id: staleId })
      lostCount = server.lostWriteCount!
      expect(lostCount).toBeGreaterThan(0)
      expect(server.tenants.reduce((sum, tenant) => sum + tenant.lostCount, 0)).toBe(lostCount)
      expectCountedLoss(server)
      const ledger = operator.getByRole('table', { name: 'Unreplicated writes' })
      const all = operator.getByRole('button', { name: /^Show all \d+ rows$/ })
      await expect(ledger.getByRole('row')).toHaveCount(1 + Math.min(lostCount, 10))
      if (lostCount > 10) await all.click()
      await expect(ledger.getByRole('row')).toHaveCount(1 + Math.min(lostCount, 100))
      await expect(operator.getByRole('region', { name: 'Alerts' })).toContainText(
        /never reached .*decide which row counts/,
        { timeout: NOTICED_WITHIN_MS },
      )

      const tenant = server.tenants[0]!
      await operator.getByRole('combobox', { name: 'Tenant' }).selectOption({ value: tenant.tenantId! })
      await expect(ledger.getByRole('row')).toHaveCount(1 + Math.min(tenant.lostCount, 100))
      const [file] = await Promise.all([
        operator.waitForEvent('download'),
        operator.getByRole('button', { name: 'Keys as CSV' }).click(),
      ])
      const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
      expect(lines.length, 'a header and every row, whatever the filters show').toBe(1 + lostCount)
    })

    test('has its rows decided, one by one or together, with a note; once', async ({ asRole, apiOf }) => {
      const compliance = await asRole('compliance')
      await compliance.goto(paths.conflicts({ server: staleId }))
      await expect(
        compliance.getByText('Homeport writes nothing into the application’s tables', { exact: false }),
      ).toBeVisible()
      const table = compliance.getByRole('table', { name: 'Conflicts' })
      await table.getByRole('link').first().click()
      await expect(compliance.getByText('homeport.unreplicated_write on', { exact: false })).toBeVisible()
      await expect(
        compliance.getByRole('button', { name: /^Copy the line for psql: SELECT theirs, ours/ }),
      ).toBeVisible()
      await compliance.getByRole('button', { name: 'Keep theirs' }).click()
      const one = compliance.getByRole('dialog', { name: 'Decide on 1 row' })
      await one.getByRole('button', { name: 'The tenant was asked' }).click()
      await one.getByRole('button', { name: 'Keep theirs: 1 row' }).click()
      await expect(compliance.getByRole('region', { name: 'Decision' })).toContainText('“The tenant was asked”')
      const decidedId = new URL(compliance.url()).pathname.split('/').at(-1)!
      const api = await apiOf('operator')
      expect(await api.conflicts.decide.mutate({ ids: [decidedId], decision: 'KEEP_OURS', note: 'Too late' })).toEqual({
        decidedCount: 0,
        alreadyDecided: [decidedId],
      })

      await compliance.goto(paths.conflicts({ server: staleId }))
      await compliance.getByRole('button', { name: /^Choose all \d+ on this page$/ }).click()
      await compliance.getByRole('button', { name: /^Decide on \d+$/ }).click()
      const many = compliance.getByRole('dialog', { name: /^Decide on \d+ rows?$/ })
      await many.getByRole('radio', { name: /^Keep ours/ }).check()
      await many.getByRole('button', { name: 'The newer row counts' }).click()
      await many.getByRole('button', { name: /^Keep ours: \d+ rows?$/ }).click()
      await expect(many).toBeHidden({ timeout: NOTICED_WITHIN_MS })
      const { openCount, decidedCount } = await api.conflicts.list.query({ staleServerId: staleId, limit: 1 })
      expect(openCount + decidedCount).toBe(lostCount)
      expect(decidedCount).toBe(Math.min(lostCount, 101))
    })

    test('is rebuilt once another person agrees, and the way back is a planned one', async ({
      asRole,
      apiOf,
      personOf,
    }) => {
      const operator = await asRole('operator')
      await operator.goto(paths.staleServer({ id: staleId }))
      await operator.getByRole('button', { name: 'Rebuild as standby' }).click()
      const dialog = operator.getByRole('dialog', { name: `Rebuild ${source.member} as a standby?` })
      const again = dialog.getByRole('button', { name: 'Look again' })
      const request = dialog.getByRole('button', { name: `Request: empty ${source.member}` })
      await dialog.getByRole('textbox', { name: 'Region of the server that is emptied' }).fill(source.region)
      await dialog.getByRole('button', { name: 'It is read out' }).click()
      await expect(async () => {
        if (await again.isVisible()) await again.click({ timeout: LOOKED_WITHIN_MS })
        await expect(request).toBeEnabled({ timeout: LOOKED_WITHIN_MS })
      }).toPass({ timeout: NOTICED_WITHIN_MS })
      const id = await requestUntilTaken(operator, request)
      const approver = await apiOf('approver')
      const { planHash } = await approver.requests.get.query({ id })
      const rebuild = await untilDone(() => approveByApi({ apiOf, personOf }, { id, planHash }, ['approver']))
      expect(await untilEnded(approver, rebuild)).toBe('done')
      await operator.goto(paths.staleServer({ id: staleId }))
      await expect(operator.getByText('It is a standby again.')).toBeVisible()
      await operator.getByRole('link', { name: 'Plan failback' }).click()
      await expect(operator).toHaveURL(new RegExp(`cell=${CELL}&target=${source.member}`))
    })

    for (const theme of ['dark', 'light'] as const)
      for (const viewport of [desktop, phone])
        test(`keeps its pages whole, ${theme} at ${viewport.width}`, async ({ asRole, apiOf }) => {
          const { cases } = await (await apiOf('operator')).conflicts.list.query({
            status: 'all',
            staleServerId: staleId,
          })
          const operator = await asRole('operator', { theme, viewport, calm: true })
          const places = [
            paths.staleServers(),
            paths.staleServer({ id: staleId }),
            `${paths.conflicts()}?status=all`,
            paths.conflict({ id: cases[0]!.id }),
          ]
          for (const place of places) {
            await visit(operator, { path: place })
            await expect(operator.getByRole('heading', { level: 1 })).toHaveCount(1)
            await expectNoSidewaysScroll(operator, viewport.width)
          }
        })
  })

type Sides = Record<'source' | 'target', { member: string; region: string }>

/** The way to the standby breaks, writes go on, and then the primary dies: two people let the standby take over. */
async function failOver({ dataDir }: RunningConsole, deciders: Deciders, { source, target }: Sides): Promise<void> {
  const fleet = createFleetCommands(dataDir)
  const operator = await deciders.apiOf('operator')
  const between = `${source.region}:${target.region}`
  await fleet('cut', between, '--both')
  await untilDone(async () =>
    expect(await lagMs(operator), 'how far the standby is behind').toBeGreaterThan(BEHIND_MS_MIN),
  )
  await fleet('kill', source.member)
  await fleet('heal', between, '--both')
  const operationId = await askAndApprove(deciders, ['approver', 'admin'], async () => {
    await withdrawWhatWaits(operator, CELL)
    const preview = await untilPlanned(() => previewDead(operator, target.member))
    const { requestId } = await operator.failovers.request.mutate(orderOf(CELL, preview))
    const confirmedOverrides = preview.plan.overrides.map(({ rule }) => rule)
    return { id: requestId, planHash: preview.planHash, confirmedOverrides }
  })
  expect(await untilEnded(operator, operationId)).toBe('done')
}

/** A plan that was made before the death was noticed would stand on other grounds. */
async function previewDead(operator: Api, targetMember: string) {
  const preview = await operator.failovers.preview.mutate({ cellId: CELL, targetMember, overrides: [undeclared] })
  expect(preview.finding.name).toBe('ServerDown')
  return preview
}

async function lagMs(operator: Api): Promise<number> {
  const { lag } = (await operator.cells.list.query()).find(({ id }) => id === CELL)!
  return lag[0]?.heartbeatAgeMs ?? 0
}
