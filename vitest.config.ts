import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: [
      '{runtime,mediators,sequences,proxies,endpoints,transports,security,entitlement,stores,identity,mail,workflow,xslt,cli,samples,test}/**/*.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
})
