import { expect, jest, test } from '@jest/globals'
import { createYielder } from './create-yielder.ts'

test('maybeYield lets timers run within a loop that awaits nothing else', async () => {
  const clock = jest.spyOn(performance, 'now')
  try {
    let clockMs = 0
    clock.mockImplementation(() => clockMs)
    const maybeYield = createYielder()
    let fired = false
    let steps = 0
    setImmediate(() => {
      fired = true
    })
    while (!fired && steps < 1000) {
      clockMs += 1
      steps++
      await maybeYield()
    }
    expect(fired).toBe(true)
    expect(steps).toBeGreaterThanOrEqual(30)
  } finally {
    clock.mockRestore()
  }
})
