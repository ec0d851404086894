import { expect, test } from '@jest/globals'
import { runOnSwiftShader, testOnSwiftShader } from '../../../../tests/support/swiftshader.ts'

interface Outcome {
  readonly losses: readonly number[]
  readonly predicted: readonly number[]
}

const runSteps = (provider: string): Outcome =>
  runOnSwiftShader(new URL('../../fixtures/provider-steps.ts', import.meta.url), provider) as Outcome

test('the fixture trains and predicts with provider cpu', () => {
  const { losses, predicted } = runSteps('cpu')
  expect(losses[3]).toBeLessThan(losses[0] as number)
  expect(predicted).toHaveLength(8)
})

testOnSwiftShader('provider webgpu trains and predicts as provider cpu', () => {
  const gpu = runSteps('webgpu')
  const cpu = runSteps('cpu')
  for (const [i, loss] of gpu.losses.entries()) {
    expect(Math.abs(loss / (cpu.losses[i] as number) - 1)).toBeLessThan(1e-3)
  }
  for (const [i, value] of gpu.predicted.entries()) expect(value).toBeCloseTo(cpu.predicted[i] as number, 3)
})
