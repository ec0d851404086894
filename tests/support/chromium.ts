import { existsSync } from 'node:fs'
import { requirement, testIf } from './require.ts'
import { CHROMIUM } from './start-chromium.ts'

export const hasChromium: boolean = existsSync(CHROMIUM)
if (!hasChromium && requirement('browser')) throw new Error(`FACEKP_REQUIRE: expected a browser at ${CHROMIUM}`)

/** `test` if Chromium is installed, else a test that is skipped with a message. */
export const testInChromium: ReturnType<typeof testIf> = testIf(hasChromium, 'chromium')
