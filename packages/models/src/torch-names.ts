/** Whether it is the count of batches that a batch norm has seen, of use only where its momentum is none. */
export function isBatchCount(name: string): boolean {
  return /(^|\.)num_batches_tracked$/.test(name)
}

/** Whether it is the fixed filter of a blur. */
export function isBlurFilter(name: string): boolean {
  return /(^|\.)filt$/.test(name)
}

/**
 * The names of a state_dict, each with the one that the same weight has in a network whose layers are called `modules`.
 *
 * An anti-aliased network may put a blur and the convolution after it into one Sequential: the blur is number 0 and has no weights, the
 * convolution is `conv2.1` instead of `conv2`, and in a shortcut convolution and batch norm are `downsample.1` and `downsample.2`
 * instead of 0 and 1. So where the names have nothing but a filter at number 0, and `modules` has not got it like that, the numbers
 * move down.
 */
export function withoutBlurs(names: readonly string[], modules: ReadonlySet<string>): ReadonlyMap<string, string> {
  const given = new Set(names.filter((name) => !isBatchCount(name) && !isBlurFilter(name)).map(moduleOf))
  return new Map(
    names.map((name) => {
      const [, before = '', kind, number, rest] = /^(.*\.)?(conv\d*|downsample)\.([12])\.(\w+)$/.exec(name) ?? []
      const shortcut = kind === 'downsample'
      const sequential = `${before}${kind}`
      if (kind === undefined || given.has(`${sequential}.0`) || modules.has(`${sequential}.${shortcut ? 2 : 1}`)) {
        return [name, name]
      }
      return [name, `${sequential}${shortcut ? `.${Number(number) - 1}` : ''}.${rest}`]
    }),
  )
}

/** `layer1.0.conv1` of `layer1.0.conv1.weight`. */
export function moduleOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('.'), 0))
}

/** `weight` of `layer1.0.conv1.weight`. */
export function parameterOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
