import { expect, test } from '@jest/globals'
import { PREDICTED_COLOR, TARGET_COLOR } from './theme.ts'

test('the colors of targets and predictions differ in brightness, not in hue alone', () => {
  const luminance = (hex: string): number =>
    [0.2126, 0.7152, 0.0722].reduce(
      (sum, weight, i) => sum + weight * Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16),
      0,
    )
  expect(luminance(TARGET_COLOR) / luminance(PREDICTED_COLOR)).toBeGreaterThan(1.3)
})
