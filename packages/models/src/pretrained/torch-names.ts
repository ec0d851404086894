/** Checks for the batch counter of a batch norm, which PyTorch uses only without a momentum. */
export function isBatchCount(name: string): boolean {
  return /(^|\.)num_batches_tracked$/.test(name)
}

/** Checks for the fixed filter of a blur. */
export function isBlurFilter(name: string): boolean {
  return /(^|\.)filt$/.test(name)
}

/**
 * Maps the names of a state_dict to those of a network without blurs in its Sequentials.
 *
 * An anti-aliased network may put a blur and the convolution after it into one Sequential: the blur is number 0 and has no weights, the
 * convolution is `conv2.1` instead of `conv2`, and in a shortcut, convolution and batch norm are `downsample.1` and `downsample.2`
 * instead of 0 and 1. If number 0 has no weights but a filter, and the network does not have these names, the numbers are reduced.
 *
 * @param modules names of the network's layers
 */
export function removeBlurNumbers(names: readonly string[], modules: ReadonlySet<string>): ReadonlyMap<string, string> {
  const weighted = new Set(names.filter((name) => !isBatchCount(name) && !isBlurFilter(name)).map(getModuleName))
  return new Map(
    names.map((name) => {
      const [, before = '', kind, number, rest] = /^(.*\.)?(conv\d*|downsample)\.([12])\.(\w+)$/.exec(name) ?? []
      const shortcut = kind === 'downsample'
      const sequential = `${before}${kind}`
      if (kind === undefined || weighted.has(`${sequential}.0`) || modules.has(`${sequential}.${shortcut ? 2 : 1}`)) {
        return [name, name]
      }
      return [name, `${sequential}${shortcut ? `.${Number(number) - 1}` : ''}.${rest}`]
    }),
  )
}

/** Gets `layer1.0.conv1` from `layer1.0.conv1.weight`. */
export function getModuleName(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('.'), 0))
}

/** Gets `weight` from `layer1.0.conv1.weight`. */
export function getParameterName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
