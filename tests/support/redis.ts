import { existsSync } from 'node:fs'
import { requirement } from './require.ts'
import { REDIS } from './start-redis.ts'

export const hasRedis: boolean = existsSync(REDIS)
if (!hasRedis && requirement('redis')) throw new Error(`FACEKP_REQUIRE: expected a Redis server at ${REDIS}`)
