import { defineConfig } from 'vitest/config'

const root = import.meta.dirname
const alias = { '@': root }

/** The suffix of a test says what it needs: `.test` nothing, `.int.test` real PostgreSQL servers, which it starts itself. */
export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{app,components,model,server,prisma,e2e}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.int.test.ts', '**/node_modules/**'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'int',
          include: ['{model,server,prisma,e2e}/**/*.int.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
