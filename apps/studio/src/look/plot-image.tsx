import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'

export interface PlotImageProps {
  readonly file: File
  readonly title: string
  /** Describes the plot for those who do not see it. */
  readonly label: string
}

/** A plot that the run wrote. */
export function PlotImage({ file, title, label }: PlotImageProps): VNode {
  const address = useSignal<string | undefined>(undefined)
  useEffect(() => {
    const url = URL.createObjectURL(file)
    address.value = url
    return () => URL.revokeObjectURL(url)
  }, [file])
  return (
    <figure class="report-section">
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      {address.value && <img class="plot-image" src={address.value} alt={label} />}
    </figure>
  )
}
