import { afterEach, expect } from '@jest/globals'
import { hasRedis } from '../support/redis.ts'
import { testIf } from '../support/require.ts'
import { killPrograms } from './coordinate.ts'
import { runStorm } from './storm.ts'

afterEach(killPrograms)

// `pnpm bench:jobs --kills 200 --restarts 20` runs the whole storm.
testIf(hasRedis, 'redis')(
  'killed workers and crashes of Redis lose and double nothing',
  async () => {
    const { kills, jobs, ...counts } = await runStorm({ kills: 4, restarts: 1 })
    expect(counts).toEqual({ restarts: 1, lost: 0, doubled: 0, failed: 0 })
    expect([kills, jobs]).toEqual([4, 120])
  },
  1_200_000,
)
