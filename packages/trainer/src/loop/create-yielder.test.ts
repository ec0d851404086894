import { expect, jest, test } from '@jest/globals'
import { turns } from './create-yielder.ts'

test('a loop that awaits nothing else lets timers through now and then', async () => {
  const clock = jest.spyOn(performance, 'now')
  try {
    let now = 0
    clock.mockImplementation(() => now)
    const maybeYield = turns()
    let [fired, steps] = [false, 0]
    setImmediate(() => {
      fired = true
    })
    while (!fired && steps < 1000) {
      now += 1
      steps++
      await maybeYield()
    }
    expect(fired).toBe(true)
    expect(steps).toBeGreaterThanOrEqual(30)
  } finally {
    clock.mockRestore()
  }
})
