import { FacekpError } from '@facekp/core'

/**
 * Throws `WEIGHTS_NOT_FINITE` naming the first array that holds NaN or an infinity.
 *
 * @param arrays arrays by name, such as `weight conv1/kernel`
 * @param options.place where they are, such as `after step 12 (epoch 3)`
 * @param options.fix what to do
 */
export function checkFinite(
  arrays: Iterable<readonly [name: string, data: ArrayLike<number>]>,
  { place, fix }: { readonly place: string; readonly fix: string },
): void {
  for (const [name, data] of arrays) {
    const index = findNonFinite(data)
    if (index === undefined) continue
    throw new FacekpError({
      code: 'WEIGHTS_NOT_FINITE',
      problem: `${name} is not finite ${place}`,
      received: `${data[index]} at index ${index}`,
      expected: `finite numbers: ${fix}`,
    })
  }
}

function findNonFinite(data: ArrayLike<number>): number | undefined {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i
  return undefined
}
