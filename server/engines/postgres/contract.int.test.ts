import { describeEngineContract } from '@/server/engines/contract-suite'
import { createPostgresAdapter } from '.'
import { startGatedCell } from './testing'

describeEngineContract('postgres', { createAdapter: createPostgresAdapter, startCell: () => startGatedCell() })
