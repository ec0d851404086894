import { expect, test } from '@jest/globals'
import { runOnSwiftShader, testOnSwiftShader } from '../../../../tests/support/swiftshader.ts'

interface Outcome {
  readonly losses: readonly number[]
  readonly predicted: readonly number[]
}

const stepsBy = (provider: string): Outcome =>
  runOnSwiftShader(new URL('../../fixtures/provider-steps.ts', import.meta.url), provider) as Outcome

test('the fixture trains and predicts by provider cpu', () => {
  const { losses, predicted } = stepsBy('cpu')
  expect(losses[3]).toBeLessThan(losses[0] as number)
  expect(predicted).toHaveLength(8)
}, 60_000)

testOnSwiftShader(
  'trains and predicts by provider webgpu as by provider cpu',
  () => {
    const [gpu, cpu] = [stepsBy('webgpu'), stepsBy('cpu')]
    for (const [i, loss] of gpu.losses.entries()) {
      expect(Math.abs(loss / (cpu.losses[i] as number) - 1)).toBeLessThan(1e-3)
    }
    for (const [i, value] of gpu.predicted.entries()) expect(value).toBeCloseTo(cpu.predicted[i] as number, 3)
  },
  300_000,
)
