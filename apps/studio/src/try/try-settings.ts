import { type Signal, signal } from '@preact/signals'

/** Whether boxes are drawn around faces. */
export const hasBoxes: Signal<boolean> = signal(true)

/** Whether the webcam is shown as a mirror. */
export const isMirrored: Signal<boolean> = signal(true)
