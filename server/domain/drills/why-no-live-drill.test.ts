import { expect, test } from 'vitest'
import { type DrillGround, whyNoLiveDrill } from './why-no-live-drill'

const idOnly = { code: 'ID-ONLY', allowedRegions: ['ap-southeast-3'], isInForce: true, tenantCount: 9 }
const apac = { code: 'APAC', allowedRegions: ['ap-southeast-1', 'ap-southeast-3'], isInForce: true, tenantCount: 27 }
const jkt: DrillGround = { cellId: 'jkt', regions: ['ap-southeast-1'], policies: [apac, idOnly], tenantCount: 36 }

test('a cell whose law keeps it where it is cannot be drilled live, and the law is named', () => {
  expect(whyNoLiveDrill(jkt)).toBe('jkt has nowhere to go: ID-ONLY keeps 9 tenants out of ap-southeast-1.')
})

test('one lawful place is enough', () => {
  expect(whyNoLiveDrill({ ...jkt, policies: [apac], tenantCount: 27 })).toBeNull()
  expect(whyNoLiveDrill({ ...jkt, regions: ['ap-southeast-1', 'ap-southeast-3'] })).toBeNull()
})

test('a tenant without a policy may go nowhere', () => {
  expect(whyNoLiveDrill({ ...jkt, policies: [apac], tenantCount: 28 })).toContain('cover 27 of 28 tenants')
})

test('a cell of one server has nobody to hand over to', () => {
  expect(whyNoLiveDrill({ ...jkt, regions: [] })).toContain('no other server')
})
