import { FacekpError } from '@facekp/core'

/**
 * Throws `WEIGHTS_NOT_FINITE` naming the first array that holds NaN or an infinity.
 *
 * @param arrays arrays by name, such as `weight conv1/kernel`
 * @param place position of the training, such as `after step 12 (epoch 3)`
 */
export function checkFinite(arrays: Iterable<readonly [name: string, data: ArrayLike<number>]>, place: string): void {
  for (const [name, data] of arrays) {
    const index = Array.prototype.findIndex.call(data, (value) => !Number.isFinite(value))
    if (index < 0) continue
    throw new FacekpError({
      code: 'WEIGHTS_NOT_FINITE',
      problem: `${name} is not finite ${place}`,
      received: `${data[index]} at index ${index}`,
      expected:
        'finite numbers: lower the learning rate, set maxGradientNorm, or remove extreme values from the images; the model keeps the weights of the last epoch that were finite',
    })
  }
}
