import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { useBackend } from '../../use-backend.ts'

// torch.optim.Adam, two steps at rate 0.1:
//   w = torch.tensor([0.5, -1.25, 2.0], requires_grad=True); o = torch.optim.Adam([w], lr=0.1)
//   for g in ([0.1, -0.2, 0.0], [-1.0, 2.0, 1e-6]): w.grad = torch.tensor(g); o.step(); print(w.tolist())
const AFTER = [
  [0.4000000059604645, -1.149999976158142, 2.0],
  [0.46738073229789734, -1.2173806428909302, 1.926623821258545],
]

test('FacekpAdam moves weights as PyTorch does, m and v in place, the weights as a new tensor', async () => {
  await useBackend('wasm')
  const [m, v] = [tf.zeros([3]), tf.zeros([3])]
  let param = tf.tensor1d([0.5, -1.25, 2])
  for (const [i, gradient] of [
    [0.1, -0.2, 0],
    [-1, 2, 1e-6],
  ].entries()) {
    const before = [...param.dataSync()]
    const attrs = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      decayFactor: 1,
      beta1Power: 0.9 ** (i + 1),
      beta2Power: 0.999 ** (i + 1),
    }
    const moved = tf
      .engine()
      .runKernel('FacekpAdam', { param, m, v, gradient: tf.tensor1d(gradient) }, attrs) as tf.Tensor1D
    for (const [j, value] of moved.dataSync().entries())
      expect(value).toBeCloseTo((AFTER[i] as number[])[j] as number, 5)
    expect([...param.dataSync()]).toEqual(before)
    param = moved
  }
  expect(m.dataSync()[0]).toBeCloseTo(0.9 * 0.01 - 0.1, 6)
})
