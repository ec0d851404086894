import { expect, test } from '@jest/globals'
import { getOpenCommand } from './open-in-browser.ts'

test.each([
  ['win32', 'cmd /c start "" "http://127.0.0.1/?a=1&b=2"'],
  ['darwin', 'open http://127.0.0.1/?a=1&b=2'],
  ['linux', 'xdg-open http://127.0.0.1/?a=1&b=2'],
] as const)('an address is one argument on %s', (platform, command) => {
  expect(getOpenCommand('http://127.0.0.1/?a=1&b=2', platform).join(' ')).toBe(command)
})
