import { FacekpError } from '@facekp/core'

/** Creates the error for a plot without data; `item` names what is missing, such as `face`. */
export function emptyPlotError(item: string): FacekpError {
  return new FacekpError({
    code: 'PLOT_EMPTY',
    problem: 'nothing to plot',
    received: `no ${item}`,
    expected: `at least one ${item}`,
  })
}
