import { readImm } from '@facekp/data-imm/node'

/** Creates the dataset of the images of IMM in a folder. */
export default ({ folder }) => readImm(folder)
